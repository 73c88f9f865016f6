using System.Text.RegularExpressions;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Tests.Docs;

/// <summary>A page of the repository: what it links to, what may be linked to in it, and what it tells to run.</summary>
internal sealed partial class Markdown
{
    private readonly string _text;

    /// <param name="path">From the repository's root.</param>
    public Markdown(string path)
    {
        Path = path;
        File = System.IO.Path.Combine(Root, path);
        _text = System.IO.File.ReadAllText(File);
    }

    public static string Root { get; } = RepositoryRoot.Find();

    public string Path { get; }

    public string File { get; }

    /// <summary>All that people read of this project.</summary>
    public static IEnumerable<Markdown> All =>
        new[] { "README.md", "infra/README.md" }.Concat(Directory.GetFiles(System.IO.Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Root, file)))
            .Select(path => new Markdown(path));

    /// <summary>Targets of links and pictures, outside code.</summary>
    public IEnumerable<string> Links => Link().Matches(InlineCode().Replace(string.Join('\n', _text.Split('\n').Where(line => !IsCode(line))), "")).Select(match => match.Groups[1].Value);

    /// <summary>What a heading is reached by, as GitHub makes it.</summary>
    public IEnumerable<string> Anchors => _text.Split('\n').Where(line => line.StartsWith('#')).Select(line =>
        NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>What it tells to run: blocks of indented lines.</summary>
    public IEnumerable<string> Code => CodeBlock().Matches(_text).Select(block => string.Join('\n', block.Value.TrimEnd('\n').Split('\n').Select(line => line[4..])));

    /// <summary>A program is to write between two marks, and has not.</summary>
    /// <param name="program">As the marks name it.</param>
    public bool HasEmptyPart(string program) => Regex.IsMatch(_text, $"<!-- {Regex.Escape(program)}: [^\n]* -->\n<!-- end -->");

    private static bool IsCode(string line) => line.StartsWith("    ", StringComparison.Ordinal);

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^(?:    .*\n)+", RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
