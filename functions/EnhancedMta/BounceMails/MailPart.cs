using System.Buffers;

namespace EnhancedMta.BounceMails;

/// <summary>One part of a mail as far as it is looked at: its header's fields, what it holds, and the beginning of its content.</summary>
internal sealed class MailPart
{
    /// <summary>Lower case, without parameters: <c>text/plain</c>.</summary>
    public string Type { get; set; } = "text/plain";

    public string? Charset { get; set; }

    public MailFields Fields { get; init; } = new();

    /// <summary>A multipart's parts; of a message part, the message.</summary>
    public List<MailPart> Children { get; } = [];

    public ArrayBufferWriter<byte> Content { get; } = new();

    /// <summary>In a message that this mail only holds.</summary>
    public bool IsNested { get; init; }

    public bool IsMultipart => Type.StartsWith("multipart/", StringComparison.Ordinal);

    /// <summary>RFC 2046 §5.2.1 (message/rfc822), RFC 6532 (message/global), RFC 6522 §4 (text/rfc822-headers): a message is its only child.</summary>
    public bool IsMessage { get; set; }

    /// <summary>This part and those in it, but not into messages.</summary>
    public IEnumerable<MailPart> Own()
    {
        var open = new Stack<MailPart>();
        open.Push(this);
        while (open.TryPop(out var part))
        {
            yield return part;
            if (part.IsMessage)
                continue;
            for (var i = part.Children.Count - 1; i >= 0; i--)
                open.Push(part.Children[i]);
        }
    }

    /// <summary>The messages that it holds.</summary>
    public IEnumerable<MailPart> Messages() => Own().Where(part => part.IsMessage).SelectMany(part => part.Children);
}
