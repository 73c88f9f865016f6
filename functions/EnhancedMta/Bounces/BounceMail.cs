using EnhancedMta.Smtp;

namespace EnhancedMta.Bounces;

/// <summary>A mail that came back, as read.</summary>
public sealed record BounceMail
{
    public required BounceMailKind Kind { get; init; }

    /// <summary>One for each recipient that it reports on. Empty for <see cref="BounceMailKind.Other"/>.</summary>
    public IReadOnlyList<ReportedRecipient> Recipients { get; init; } = [];

    /// <summary>Addresses one of which may be a return path of ours, the surest first: where the mail was sent to, then what the returned header names.</summary>
    public IReadOnlyList<string> ReturnPaths { get; init; } = [];

    /// <summary>Message-ID of the mail that it is about, without angle brackets.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>Message-ID of this mail, without angle brackets.</summary>
    public string? Id { get; init; }

    /// <summary>For people: what was not understood.</summary>
    public string? Remark { get; init; }
}

public enum BounceMailKind
{
    /// <summary>A delivery status notification, of RFC 3464's form or any other.</summary>
    Dsn,
    /// <summary>A feedback report (RFC 5965).</summary>
    Arf,
    /// <summary>An answer that no person wrote just now (RFC 3834), challenge-responses included.</summary>
    AutoReply,
    /// <summary>None of these.</summary>
    Other,
}

/// <summary>What a mail reports on one recipient.</summary>
public sealed record ReportedRecipient
{
    public required BounceReportKind Kind { get; init; }

    /// <summary>The address that the mail was sent to, as far as the report tells; null when it was blacked out.</summary>
    public string? Address { get; init; }

    /// <summary>RFC 3464 §2.3.3's word: failed, delayed, delivered, relayed, expanded; null when none was given and none follows from the text.</summary>
    public string? Action { get; init; }

    public EnhancedStatusCode? Status { get; init; }

    /// <summary>The words that tell why, code 0 when none is quoted. Null when there are none.</summary>
    public SmtpReply? Reply { get; init; }

    /// <summary>Host that said them.</summary>
    public string? RemoteMta { get; init; }
}
