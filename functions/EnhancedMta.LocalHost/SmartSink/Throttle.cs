namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>
/// A provider's limit for senders that it does not know yet: after so many messages it closes for a pause, and doubles what it
/// takes each time that a pause is over.
/// </summary>
/// <param name="Messages">Taken before the first pause.</param>
/// <param name="Pause">By the sink's clock.</param>
/// <param name="Reply">With 421 connections and MAIL are refused, with any other code RCPT.</param>
public sealed record Throttle(int Messages, TimeSpan Pause, SinkReply Reply);
