using EnhancedMta.Batches;

namespace EnhancedMta.Deliveries;

/// <summary>What Campaign says of a delivery before it relays it, read and checked.</summary>
public sealed record Declaration
{
    public required string DeliveryId { get; init; }

    public string? Label { get; init; }

    public string? Sender { get; init; }

    /// <summary>Of the sender's address, lower case, A-labels.</summary>
    public string? SenderDomain { get; init; }

    /// <summary>As declared; null when the declaration is silent.</summary>
    public TimeSpan? DeclaredValidity { get; init; }

    /// <summary>What is in force.</summary>
    public required TimeSpan Validity { get; init; }

    public Lane Lane { get; init; }

    public long? ExpectedSize { get; init; }

    public string? Metadata { get; init; }

    /// <summary>Where its feedback is pushed to, rather than to the instance's endpoint.</summary>
    public Uri? FeedbackUrl { get; init; }

    /// <summary>Properties that change nothing here: Campaign's retry and MX settings, and what we do not know.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The declared period was above the cap.</summary>
    public bool ValidityCut => DeclaredValidity > Validity;
}
