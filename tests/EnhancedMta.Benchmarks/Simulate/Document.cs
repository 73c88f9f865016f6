namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>Parts of a Markdown file that this program writes, between comments that name them.</summary>
internal static class Document
{
    /// <summary>The text of the part; an error names what is missing.</summary>
    public static string Read(string markdown, string part, string program = "simulate")
    {
        var (begin, end) = Find(markdown, part, program);
        return markdown[begin..end];
    }

    public static string Write(string markdown, string part, string text, string program = "simulate")
    {
        var (begin, end) = Find(markdown, part, program);
        return markdown[..begin] + text + markdown[end..];
    }

    private static (int Begin, int End) Find(string markdown, string part, string program)
    {
        var opening = $"<!-- {program}: {part} -->\n";
        var at = markdown.IndexOf(opening, StringComparison.Ordinal);
        var begin = at + opening.Length;
        var end = at < 0 ? -1 : markdown.IndexOf("<!-- end -->", begin, StringComparison.Ordinal);
        return end < 0 ? throw new FormatException($"The document has no part '{part}': {opening.TrimEnd()} … <!-- end -->") : (begin, end);
    }
}
