using System.Text;
using System.Text.RegularExpressions;
using EnhancedMta.Dashboard;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Tests.Dashboard;

/// <summary>What the dashboard is made of, and what it must not have.</summary>
public sealed partial class AssetsTests
{
    private static readonly DashboardAssets Assets = DashboardAssets.Load();

    private static IEnumerable<(string Name, string Text)> OurScripts =>
        Assets.All.Where(a => a.Name.EndsWith(".js", StringComparison.Ordinal) && a.Name != "uPlot.esm.js").Select(a => (a.Name, Encoding.UTF8.GetString(a.Content.Span)));

    [Fact]
    public void No_script_of_ours_makes_markup_or_code_of_text()
    {
        Assert.True(OurScripts.Count() > 20);
        foreach (var (name, text) in OurScripts)
            Assert.False(Dangerous().IsMatch(text), $"{name}: {Dangerous().Match(text)}");
        Assert.DoesNotMatch(InlineInPage(), Encoding.UTF8.GetString(Assets.Page.Content.Span));
    }

    [Fact]
    public void Nothing_is_loaded_from_elsewhere()
    {
        foreach (var (name, text) in OurScripts)
            Assert.False(Elsewhere().IsMatch(text.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal)), name);
        foreach (var style in Assets.All.Where(a => a.Name.EndsWith(".css", StringComparison.Ordinal)))
            Assert.False(Elsewhere().IsMatch(Encoding.UTF8.GetString(style.Content.Span)), style.Name);
        foreach (Match module in OurScripts.SelectMany(s => Import().Matches(s.Text)))
            Assert.True(Assets.TryFind(module.Groups[1].Value, out _), module.Value);
    }

    [Fact]
    public void The_page_names_files_that_there_are_by_a_version_of_their_content()
    {
        var page = Encoding.UTF8.GetString(Assets.Page.Content.Span);
        var files = InPage().Matches(page);
        Assert.True(files.Count > 5);
        Assert.All(files, f => Assert.True(f.Groups[1].Value == Assets.Version && Assets.TryFind(f.Groups[2].Value, out _), f.Value));
        Assert.Equal(Assets.Version, DashboardAssets.Load().Version);
    }

    [Fact]
    public void Both_languages_say_the_same_things()
    {
        var (english, french) = (TextsOf("en.js"), TextsOf("fr.js"));
        Assert.True(english.Count > 250);
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), french.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, text) in english)
            Assert.True(Values().Matches(text).Select(v => v.Value).ToHashSet().SetEquals(Values().Matches(french[key]).Select(v => v.Value)), $"{key}: {text} / {french[key]}");
    }

    [Fact]
    public void Every_text_that_is_asked_for_is_there_and_no_other()
    {
        var known = TextsOf("en.js").Keys.ToHashSet();
        var asked = OurScripts.SelectMany(s => AskedFor().Matches(s.Text)).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.DoesNotContain(asked, key => !known.Contains(key));
        // Keys that are put together, of a name that the API gives for example, are known by their beginnings.
        var beginnings = OurScripts.SelectMany(s => PutTogether().Matches(s.Text)).Select(m => m.Groups[1].Value + ".").ToHashSet();
        var tables = OurScripts.SelectMany(s => Quoted().Matches(s.Text)).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.DoesNotContain(known, key => !asked.Contains(key) && !tables.Contains(key) && !beginnings.Any(b => key.StartsWith(b, StringComparison.Ordinal) || key.EndsWith(b[..^1], StringComparison.Ordinal)));
    }

    [Fact]
    public void Libraries_are_those_of_package_json_to_the_octet_with_their_licences()
    {
        var root = RepositoryRoot.Find();
        Assert.SkipUnless(Directory.Exists(Path.Combine(root, "node_modules", "uplot")), "npm ci was not run.");
        foreach (var (ours, theirs) in new[]
        {
            ("uPlot.esm.js", "uplot/dist/uPlot.esm.js"), ("uPlot.min.css", "uplot/dist/uPlot.min.css"), ("uplot.LICENSE.txt", "uplot/LICENSE"),
            ("preact.mjs", "preact/dist/preact.mjs"), ("preact.LICENSE.txt", "preact/LICENSE"),
        })
        {
            Assert.True(Assets.TryFind(ours, out var asset));
            // Git may have changed the ends of lines.
            Assert.Equal(File.ReadAllText(Path.Combine(root, "node_modules", theirs)).ReplaceLineEndings("\n"), Encoding.UTF8.GetString(asset.Content.Span).ReplaceLineEndings("\n"));
        }
    }

    // One line a text: "key": "text" or "key": { one: "text", other: "text" }.
    private static Dictionary<string, string> TextsOf(string file) =>
        Text().Matches(OurScripts.Single(s => s.Name == file).Text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc|\beval\b|new Function|javascript:|setTimeout\(\s*[""'`]")]
    private static partial Regex Dangerous();

    [GeneratedRegex(@"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=")]
    private static partial Regex InlineInPage();

    [GeneratedRegex(@"https?://|@import|url\(")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"from ""\./([^""]+)""")]
    private static partial Regex Import();

    [GeneratedRegex(@"(?:href|src)=""dashboard/([^/""]+)/([^""]+)""")]
    private static partial Regex InPage();

    [GeneratedRegex(@"^  ""([^""]+)"": (.+),$", RegexOptions.Multiline)]
    private static partial Regex Text();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Values();

    [GeneratedRegex(@"\bt\(""([^""]+)""")]
    private static partial Regex AskedFor();

    [GeneratedRegex(@"(?:word\(""|group: ""|t\(`)([a-z-]+)")]
    private static partial Regex PutTogether();

    [GeneratedRegex(@"""([a-z.-]+)""")]
    private static partial Regex Quoted();
}
