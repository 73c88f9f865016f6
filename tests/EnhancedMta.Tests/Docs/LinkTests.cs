namespace EnhancedMta.Tests.Docs;

/// <summary>Whoever follows a link in the README or the docs arrives.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Pages => [.. Markdown.All.Select(page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_link_to_a_file_or_a_heading_leads_there(string page)
    {
        var markdown = new Markdown(page);
        Assert.All(markdown.Links.Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal)), link =>
        {
            var (path, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
            var file = path.Length == 0 ? markdown.File : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(markdown.File)!, path));
            // A benchmark that has not been run yet has drawn no plots either.
            Assert.True(Path.Exists(file) || (file.EndsWith(".svg", StringComparison.Ordinal) && markdown.HasEmptyPart(Path.GetFileName(file).Split('-')[0])), $"{page} links to {link}, which is not there.");
            if (anchor is not null && file.EndsWith(".md", StringComparison.Ordinal))
                Assert.Contains(anchor, new Markdown(Path.GetRelativePath(Markdown.Root, file)).Anchors);
        });
    }

    [Fact]
    public void The_README_leads_to_each_page_of_the_docs()
    {
        var links = new Markdown("README.md").Links.ToList();
        Assert.All(Directory.GetFiles(Path.Combine(Markdown.Root, "docs"), "*.md"), file => Assert.Contains($"docs/{Path.GetFileName(file)}", links));
    }
}
