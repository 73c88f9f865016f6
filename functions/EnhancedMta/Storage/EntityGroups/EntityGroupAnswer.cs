using System.Buffers.Text;
using System.Text;
using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>Reads what storage answers to a transaction: a multipart of HTTP answers, one for each row, or a single one that tells which row failed.</summary>
internal static class EntityGroupAnswer
{
    private static ReadOnlySpan<byte> StatusLine => "HTTP/1.1 "u8;

    /// <param name="response">With its content in memory.</param>
    /// <param name="count">Rows of the transaction.</param>
    /// <exception cref="TableTransactionFailedException">A row cannot be written.</exception>
    /// <exception cref="RequestFailedException">It is no answer to so many rows.</exception>
    public static IReadOnlyList<Response> Read(Response response, int count)
    {
        var answers = new List<Response>(count);
        var content = response.Content.ToMemory().Span;
        for (var rest = content; Next(ref rest) is { } answer;)
        {
            if (answer.Status >= 400)
                throw new TableTransactionFailedException(new RequestFailedException(answer, null, new TableErrorParser()));
            if (answer.Status is >= 200 and < 300)
                answers.Add(answer);
        }

        // RFC 2046 §5.1.1: the last boundary has two hyphens after it. What was cut before says nothing of what is missing.
        return answers.Count == count && content.TrimEnd("\r\n"u8).EndsWith("--"u8) ? answers
            : throw new RequestFailedException(response.Status, $"Storage answers for {answers.Count} rows of a transaction of {count}. Whether it took place is not known.", null, null);
    }

    /// <summary>The next part, of which <paramref name="rest"/> begins after the header, or after its content where it is an error.</summary>
    private static RowAnswer? Next(ref ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var line = Line(ref rest);
            if (!line.StartsWith(StatusLine) || !Utf8Parser.TryParse(line[StatusLine.Length..], out int status, out _))
                continue;
            string? etag = null;
            while (!rest.IsEmpty && Line(ref rest) is { IsEmpty: false } field)
            {
                // Its name is in whatever case the server likes (RFC 9110 §5.1).
                if (field.Length > 5 && Ascii.EqualsIgnoreCase(field[..5], "ETag:"u8))
                    etag = Encoding.ASCII.GetString(field[5..].Trim((byte)' '));
            }

            return new RowAnswer(status, etag, status >= 400 ? Content(ref rest) : null);
        }

        return null;
    }

    /// <summary>Up to the boundary.</summary>
    private static byte[] Content(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\n--"u8);
        var content = (end < 0 ? rest : rest[..end]).TrimEnd("\r\n"u8).ToArray();
        rest = end < 0 ? [] : rest[(end + 1)..];
        return content;
    }

    /// <summary>Without its end.</summary>
    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line;
    }
}
