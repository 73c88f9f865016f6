using System.Net;
using System.Text;

namespace EnhancedMta.BounceMails;

/// <summary>The words of an HTML part, with line ends where a browser would show them. Goes once through it; never a parser of hostile trees.</summary>
internal static class HtmlText
{
    private const int MaxTag = 4 * 1024;

    private static readonly string[] Breaks =
        ["br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "pre", "hr", "title", "body"];

    public static string Of(string html)
    {
        var text = new StringBuilder(html.Length);
        // Source line ends are blanks but in <pre>.
        var pre = 0;
        var unclosed = new HashSet<string>();
        for (var i = 0; i < html.Length;)
        {
            if (html[i] != '<' || TagEnd(html, i, unclosed) is not (> 0 and var end))
            {
                text.Append(pre == 0 && html[i] == '\n' ? ' ' : html[i]);
                i++;
                continue;
            }
            var name = TagName(html.AsSpan(i + 1, end - i - 1), out var closes);
            // An address between angle brackets that somebody forgot to write as &lt;.
            if (name.Contains('@', StringComparison.Ordinal))
                text.Append('<').Append(name).Append('>');
            i = end + 1;
            if (!closes && name is "style" or "script" or "head" && Find(html, "</" + name, i, unclosed) is >= 0 and var close)
                i = close;
            if (name == "pre")
                pre = closes ? 0 : 1;
            if (Array.IndexOf(Breaks, name) >= 0)
                text.Append('\n');
            else if (name is "td" or "th")
                text.Append(' ');
            if (name == "p")
                text.Append('\n');
        }
        return WebUtility.HtmlDecode(text.ToString()).Replace('\u00A0', ' ');
    }

    private static int TagEnd(string html, int start, HashSet<string> unclosed)
    {
        if (start + 1 == html.Length || !(char.IsLetterOrDigit(html[start + 1]) || html[start + 1] is '/' or '!' or '?'))
            return -1;
        if (string.CompareOrdinal(html, start, "<!--", 0, 4) == 0)
        {
            var comment = Find(html, "-->", start, unclosed);
            return comment < 0 ? -1 : comment + 2;
        }
        return html.IndexOf('>', start, Math.Min(MaxTag, html.Length - start));
    }

    // What is not there once is not looked for again: or else a text of nothing but beginnings takes quadratic time.
    private static int Find(string html, string end, int start, HashSet<string> unclosed)
    {
        if (unclosed.Contains(end))
            return -1;
        var at = html.IndexOf(end, start, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            unclosed.Add(end);
        return at;
    }

    private static string TagName(ReadOnlySpan<char> tag, out bool closes)
    {
        closes = tag.StartsWith("/");
        tag = tag.TrimStart('/');
        var end = tag.IndexOfAny(" \t\n/>");
        return (end < 0 ? tag : tag[..end]).ToString().ToLowerInvariant();
    }
}
