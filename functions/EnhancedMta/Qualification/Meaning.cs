namespace EnhancedMta.Qualification;

/// <summary>What a permanent refusal of a class means; a transient one of the same class is Soft and never final.</summary>
/// <param name="Type">Of the permanent refusal.</param>
/// <param name="Reason">Campaign's.</param>
/// <param name="Code">Momentum's.</param>
/// <param name="Retried">The permanent refusal is tried again all the same.</param>
/// <param name="TransientCode">Momentum's for the transient one, where it differs.</param>
internal sealed record Meaning(FailureType Type, CampaignReason Reason, BounceCode Code, bool Retried = false, BounceCode? TransientCode = null);
