using System.Globalization;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>An answer that a provider gives instead of taking a message.</summary>
/// <param name="Code">Basic code, 4xx or 5xx. 421 ends the connection (RFC 5321 §3.8).</param>
/// <param name="Status">Enhanced status code, such as 4.7.1.</param>
/// <param name="Text">The provider's words on one line; <c>{recipient}</c> stands for the address.</param>
public sealed record SinkReply(int Code, string Status, string Text)
{
    public bool IsPermanent => Code >= 500;

    /// <summary>The line as it is sent, without its end.</summary>
    public string For(string recipient) =>
        string.Create(CultureInfo.InvariantCulture, $"{Code} {Status} {Text.Replace("{recipient}", recipient, StringComparison.Ordinal)}");
}
