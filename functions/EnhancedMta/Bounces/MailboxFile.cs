namespace EnhancedMta.Bounces;

/// <summary>A mailbox file (RFC 4155): mails one after another, each behind a line that begins with "From ".</summary>
internal static class MailboxFile
{
    /// <summary>The mails without those lines. A line "From " inside a mail stands behind a blank line and is quoted as ">From " by whoever wrote the file.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> file)
    {
        for (var at = file.Span.StartsWith("From "u8) ? 0 : -1; at >= 0;)
        {
            var lineEnd = file.Span[at..].IndexOf((byte)'\n');
            if (lineEnd < 0)
                yield break;
            var start = at + lineEnd + 1;
            var next = file.Span[start..].IndexOf("\n\nFrom "u8);
            var nextCrLf = file.Span[start..].IndexOf("\r\n\r\nFrom "u8);
            var (end, skip) = (next, nextCrLf) switch
            {
                ( < 0, < 0) => (-1, 0),
                ( >= 0, < 0) => (next, 2),
                ( < 0, _) => (nextCrLf, 4),
                _ => next < nextCrLf ? (next, 2) : (nextCrLf, 4),
            };
            yield return end < 0 ? file[start..] : file.Slice(start, end);
            at = end < 0 ? -1 : start + end + skip;
        }
    }
}
