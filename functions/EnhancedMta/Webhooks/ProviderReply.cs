using System.Globalization;
using EnhancedMta.Smtp;

namespace EnhancedMta.Webhooks;

/// <summary>A server's reply as providers report it: words, and often code and status apart from them.</summary>
internal static class ProviderReply
{
    /// <param name="words">May hold code and status themselves; those count first.</param>
    /// <param name="code">The three digits, if the provider tells them apart.</param>
    /// <param name="status">The enhanced status code, if it tells that apart.</param>
    /// <returns>Null when there is nothing that a server said.</returns>
    public static SmtpReply? Of(string? words, string? code = null, string? status = null)
    {
        var hasCode = int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and <= 599;
        var hasStatus = EnhancedStatusCode.TryParse(status?.Trim(), out var enhanced);
        if (string.IsNullOrWhiteSpace(words) && !hasCode && !hasStatus)
            return null;
        var reply = QuotedReply.Parse(words ?? "");
        if (reply.Code == 0 && hasCode)
            reply = reply with { Code = number };
        return reply.Status is null && hasStatus ? reply with { Status = enhanced } : reply;
    }
}
