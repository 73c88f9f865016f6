using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Bounces;

/// <summary>What somebody told us later about one recipient of one message, whatever form it came in: mail or webhook.</summary>
public sealed record BounceReport
{
    public required BounceReportKind Kind { get; init; }

    /// <summary>Who told us: <c>dsn</c>, <c>arf</c>, or a provider's name as in <c>POST bounces/{source}</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The source's own id of this event, or the Message-ID of the mail: the same event twice changes nothing.</summary>
    public string? EventId { get; init; }

    /// <summary>When it happened, as the source says.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Addresses one of which may be a return path of ours, the surest first.</summary>
    public IReadOnlyList<string> ReturnPaths { get; init; } = [];

    /// <summary>Message-ID of the mail that it is about, without angle brackets.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>The recipient, as the sender wrote it when that is reported; null when it was left out or blacked out.</summary>
    public string? Recipient { get; init; }

    /// <summary>The words of the recipient's server, or of whoever gave up; code 0 when none is quoted. Null when no words are given.</summary>
    public SmtpReply? Reply { get; init; }

    /// <summary>Status as the report has it apart from the words.</summary>
    public EnhancedStatusCode? Status { get; init; }

    /// <summary>Host that said it, when it is known.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>What the source itself makes of it, for when there are no words to qualify.</summary>
    public ReplyClass? Claimed { get; init; }
}

public enum BounceReportKind
{
    /// <summary>It could not be delivered and is not tried any more.</summary>
    Failed,
    /// <summary>Whoever reports still tries: no failure.</summary>
    Delayed,
    /// <summary>It was delivered, or read: no failure either.</summary>
    Delivered,
    /// <summary>The recipient calls it spam (RFC 5965).</summary>
    Complaint,
    /// <summary>Out of office and the like (RFC 3834).</summary>
    AutoReply,
    /// <summary>The recipient's server wants the sender to prove that it is human.</summary>
    ChallengeResponse,
    /// <summary>The recipient wants no more mail.</summary>
    Unsubscribe,
    /// <summary>A report that is about no recipient's delivery: DMARC, TLS-RPT, opens and clicks. Counted, and that is all.</summary>
    Other,
}
