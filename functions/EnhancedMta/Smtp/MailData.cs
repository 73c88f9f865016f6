namespace EnhancedMta.Smtp;

/// <summary>A message's octets as they go after DATA (RFC 5321 §4.5.2): a dot more before each dot that begins a line, and the end.</summary>
internal static class MailData
{
    private static readonly byte[] End = ".\r\n"u8.ToArray();
    private static readonly byte[] EndAfterOpenLine = "\r\n.\r\n"u8.ToArray();
    private static readonly byte[] Dot = "."u8.ToArray();

    /// <summary>What SIZE counts: the line ends, not the added dots (RFC 1870 §5).</summary>
    public static int Size(OutboundMail mail) => mail.Leading.Length + mail.Data.Length + (IsOpen(mail.Data.Span) ? 2 : 0);

    /// <summary>Writes the fields before the data, the data and its end, without flushing.</summary>
    /// <param name="mail">Header and body.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="beginBlock">Called before each part of 64 KB at most.</param>
    /// <param name="cancellationToken">Leaves the message torn.</param>
    public static async Task WriteAsync(OutboundMail mail, Stream stream, Action beginBlock, CancellationToken cancellationToken)
    {
        // The leading fields are whole lines, so the data begins one.
        await WriteLinesAsync(mail.Leading, stream, beginBlock, cancellationToken);
        await WriteLinesAsync(mail.Data, stream, beginBlock, cancellationToken);
        beginBlock();
        await stream.WriteAsync(IsOpen(mail.Data.Span) ? EndAfterOpenLine : End, cancellationToken);
    }

    private static async Task WriteLinesAsync(ReadOnlyMemory<byte> data, Stream stream, Action beginBlock, CancellationToken cancellationToken)
    {
        for (var at = 0; at < data.Length;)
        {
            beginBlock();
            if (data.Span[at] == '.' && StartsLine(data.Span, at))
                await stream.WriteAsync(Dot, cancellationToken);
            var end = PartEnd(data.Span, at);
            await stream.WriteAsync(data[at..end], cancellationToken);
            at = end;
        }
    }

    // Up to the next dot that begins a line; the line end before it may lie across the part's start.
    private static int PartEnd(ReadOnlySpan<byte> data, int at)
    {
        var limit = Math.Min(data.Length, at + SmtpWire.BlockSize);
        var from = Math.Max(0, at - 1);
        var next = data[from..limit].IndexOf("\r\n."u8);
        return next < 0 ? limit : from + next + 2;
    }

    private static bool StartsLine(ReadOnlySpan<byte> data, int at) => at == 0 || data[..at].EndsWith("\r\n"u8);

    private static bool IsOpen(ReadOnlySpan<byte> data) => !data.IsEmpty && !data.EndsWith("\r\n"u8);
}
