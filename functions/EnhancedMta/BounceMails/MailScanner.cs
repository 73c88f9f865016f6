using System.Text;
using MimeKit;

namespace EnhancedMta.BounceMails;

/// <summary>
/// Goes once through a mail and keeps of it what tells about a bounce. Parts that nobody reads (attachments, the returned message's body) are
/// passed over as they stream by: neither kept nor decoded.
/// </summary>
internal sealed class MailScanner : MimeReader
{
    private const int MaxDepth = 32;
    private const int MaxParts = 1000;
    private const int MaxNotification = 256 * 1024;
    private const int MaxReport = 256 * 1024;
    private const int MaxReturned = 64 * 1024;
    private const int MaxFieldOctets = 16 * 1024;

    private readonly Stack<MailPart> _open = new();
    private MailFields _fields = new();
    private int _parts;
    private int _messages;
    private int _leftForNotification = MaxNotification;
    private int _leftForReport = MaxReport;
    private int _leftForReturned = MaxReturned;

    private MailScanner(Stream mail)
        : base(Bounded(), mail)
    {
    }

    private MailPart? Root { get; set; }

    /// <returns>Null when it is no mail, not even a broken one.</returns>
    public static async Task<MailPart?> ScanAsync(Stream mail, CancellationToken cancellationToken)
    {
        var scanner = new MailScanner(mail);
        try
        {
            await scanner.ReadMessageAsync(cancellationToken).ConfigureAwait(false);
        }
        // The parser is not ours and its input is anyone's; what it gave until then counts.
        catch (Exception e) when (e is not (OperationCanceledException or IOException or OutOfMemoryException))
        {
        }
        if (scanner.Root is { IsMultipart: true, Children.Count: 0 } lost && await RescanAsync(lost, cancellationToken).ConfigureAwait(false) is { } found)
            return found;
        return scanner.Root;
    }

    // The boundary that the header names is not the one that was used. All parts are in what the parser took for the preamble.
    private static async Task<MailPart?> RescanAsync(MailPart lost, CancellationToken cancellationToken)
    {
        if (Boundary(lost.Content.WrittenSpan) is not { } boundary)
            return null;
        using var again = new MemoryStream();
        again.Write(Encoding.ASCII.GetBytes($"Content-Type: {lost.Type}; boundary=\"{boundary}\"\r\n\r\n"));
        again.Write(lost.Content.WrittenSpan);
        again.Position = 0;
        var scanner = new MailScanner(again);
        try
        {
            await scanner.ReadMessageAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
        }
        if (scanner.Root is not { Children.Count: > 0 } root)
            return null;
        var found = new MailPart { Type = lost.Type, Fields = lost.Fields };
        found.Children.AddRange(root.Children);
        return found;
    }

    /// <summary>The first line of two hyphens and more that a part's header follows (RFC 2046 §5.1.1).</summary>
    private static string? Boundary(ReadOnlySpan<byte> preamble)
    {
        for (var at = 0; at < preamble.Length;)
        {
            var end = preamble[at..].IndexOf((byte)'\n');
            if (end < 0)
                return null;
            var line = preamble.Slice(at, end).TrimEnd((byte)'\r');
            at += end + 1;
            if (line.Length is > 4 and <= 72 && line.StartsWith("--"u8) && preamble[at..].StartsWith("Content-"u8)
                && line.IndexOf((byte)'"') < 0 && System.Text.Ascii.IsValid(line))
                return Encoding.ASCII.GetString(line[2..]);
        }
        return null;
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => _fields = new MailFields();

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken) =>
        _fields.Add(header.Field, header.RawValue.Length > MaxFieldOctets ? Encoding.Latin1.GetString(header.RawValue, 0, MaxFieldOctets) : header.Value ?? "");

    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Begin(contentType, isMessage: false);

    protected override void OnMultipartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) => _open.Pop();

    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        Begin(contentType, isMessage: true);
        _messages++;
    }

    protected override void OnMessagePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken)
    {
        _open.Pop();
        _messages--;
    }

    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Begin(contentType, isMessage: false);

    protected override void OnMimePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) => _open.Pop();

    protected override void OnMimePartContentRead(byte[] buffer, int startIndex, int count, CancellationToken cancellationToken) =>
        Keep(_open.Peek(), buffer.AsSpan(startIndex, count));

    // Some put their whole notification where a reader of mail shows nothing.
    protected override void OnMultipartPreambleRead(byte[] buffer, int startIndex, int count, CancellationToken cancellationToken) =>
        Keep(_open.Peek(), buffer.AsSpan(startIndex, count));

    private void Begin(ContentType contentType, bool isMessage)
    {
        var part = new MailPart
        {
            Type = contentType.MimeType.ToLowerInvariant(),
            Charset = contentType.Charset,
            Fields = _fields,
            IsMessage = isMessage,
            IsNested = _messages > 0,
        };
        _fields = new MailFields();
        if (_open.TryPeek(out var parent))
        {
            if (_parts++ < MaxParts)
                parent.Children.Add(part);
        }
        else
        {
            Root ??= part;
        }
        _open.Push(part);
    }

    private void Keep(MailPart part, ReadOnlySpan<byte> content)
    {
        if (_parts > MaxParts || !IsRead(part))
            return;
        // Each of its own: a long page in HTML must not use up what the fields behind it need.
        ref var left = ref _leftForNotification;
        if (part.IsNested)
            left = ref _leftForReturned;
        else if (part.Type.StartsWith("message/", StringComparison.Ordinal))
            left = ref _leftForReport;
        content = content[..Math.Min(content.Length, left)];
        left -= content.Length;
        System.Buffers.BuffersExtensions.Write(part.Content, content);
    }

    private static bool IsRead(MailPart part) =>
        part.IsMultipart || part.Type.StartsWith("text/", StringComparison.Ordinal) || part.Type.StartsWith("message/", StringComparison.Ordinal);

    private static ParserOptions Bounded()
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = MaxDepth;
        return options;
    }
}
