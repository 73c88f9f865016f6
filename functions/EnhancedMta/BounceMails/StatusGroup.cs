using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails;

/// <summary>What a delivery status says of one recipient (RFC 3464 §2.3).</summary>
internal sealed record StatusGroup
{
    /// <summary>§2.3.1: as the sender wrote it.</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>§2.3.2: what it became.</summary>
    public string? FinalRecipient { get; init; }

    /// <summary>§2.3.3, in lower case and without comments.</summary>
    public string? Action { get; init; }

    public EnhancedStatusCode? Status { get; init; }

    /// <summary>§2.3.6, without its type.</summary>
    public string Diagnostic { get; init; } = "";

    public string? RemoteMta { get; init; }

    /// <summary>Some write the message's sender where its recipient should stand.</summary>
    public StatusGroup WithoutSender(HashSet<string> sender) =>
        OriginalRecipient is { } original && FinalRecipient is not null && sender.Contains(original) ? this with { OriginalRecipient = null } : this;

    /// <summary>Addresses only: local names and X.400 are none.</summary>
    public string? Address => OriginalRecipient ?? FinalRecipient;
}
