using System.Globalization;
using EnhancedMta.Smtp;
using MimeKit;

namespace EnhancedMta.Bounces;

/// <summary>The fields of a message/delivery-status part (RFC 3464 §2).</summary>
internal static class DeliveryStatusNotificationFields
{
    private const int MaxRecipients = 100;
    private const int MaxField = 320;

    public static List<DeliveryStatusRecipient> Read(MessageDeliveryStatus part)
    {
        var recipients = new List<DeliveryStatusRecipient>();
        // The first group is about the whole message. Some servers leave out the blank line behind it, so what it says of a recipient counts, too.
        foreach (var group in part.StatusGroups)
        {
            if (recipients.Count == MaxRecipients)
                break;
            if (group.Contains("Final-Recipient") || group.Contains("Original-Recipient") || group.Contains("Action"))
                recipients.Add(Recipient(group));
        }
        return recipients;
    }

    private static DeliveryStatusRecipient Recipient(HeaderList group) => new(
        Typed(group, "Final-Recipient").Value,
        Typed(group, "Original-Recipient").Value,
        Action(group["Action"]),
        Status(group["Status"]),
        Diagnostic(group),
        Typed(group, "Remote-MTA").Value);

    // type ";" value; the type may be left out by servers that don't know better.
    private static (string? Type, string? Value) Typed(HeaderList group, string field, int maxLength = MaxField)
    {
        if (group[field]?.Trim() is not { Length: > 0 } text)
            return (null, null);
        var semicolon = text.IndexOf(';');
        var type = semicolon < 0 ? null : text[..semicolon].Trim();
        var value = text[(semicolon + 1)..].Trim();
        // A text that has a semicolon of its own and no type.
        if (type is not null && type.AsSpan().ContainsAny(" @<:"))
            (type, value) = (null, text);
        if (value is ['<', .., '>'])
            value = value[1..^1];
        if (value.Length > maxLength)
            value = value[..maxLength];
        return (type, value.Length == 0 ? null : value);
    }

    private static DeliveryStatusAction Action(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        "failed" => DeliveryStatusAction.Failed,
        "delayed" => DeliveryStatusAction.Delayed,
        "delivered" => DeliveryStatusAction.Delivered,
        "relayed" => DeliveryStatusAction.Relayed,
        "expanded" => DeliveryStatusAction.Expanded,
        _ => DeliveryStatusAction.Unknown,
    };

    // Comments may follow it.
    private static EnhancedStatusCode? Status(string? text) =>
        EnhancedStatusCode.TryParse(text.AsSpan().Trim(), out var status) ? status : null;

    private static SmtpReply? Diagnostic(HeaderList group)
    {
        var (type, value) = Typed(group, "Diagnostic-Code", SmtpReply.MaxTextLength + 4);
        if (value is null || !(type ?? "smtp").Equals("smtp", StringComparison.OrdinalIgnoreCase))
            return null;
        if (value.Length < 3 || value[0] is not ('4' or '5')
            || !int.TryParse(value.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            || (value.Length > 3 && value[3] is not (' ' or '-')))
            return null;
        // Where the field was folded, its indent is no part of what was said.
        var text = value.Length > 4 ? string.Join(' ', value[4..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : "";
        return new SmtpReply(code, EnhancedStatusCode.TryParse(text, out var status) ? status : null, text, SmtpCommand.Unknown);
    }
}
