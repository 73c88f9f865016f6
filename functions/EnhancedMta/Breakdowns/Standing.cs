using EnhancedMta.SendingLog;

namespace EnhancedMta.Breakdowns;

/// <summary>Where a message stands, as far as KPIs tell messages apart. Its row holds all of it, so that everything can be recounted.</summary>
/// <param name="Domain">The recipient's.</param>
/// <param name="Provider">Where it was last tried; null before a first attempt found its site.</param>
/// <param name="State">Now.</param>
/// <param name="Deferrals">Attempts that ended in a soft bounce.</param>
/// <param name="Finished">When it was delivered or failed.</param>
/// <param name="MillisecondsToDeliver">From acceptance to the 250 of the recipient's MX, if it stands.</param>
public readonly record struct Standing(
    string Domain, string? Provider, MessageState State, int Deferrals = 0, DateTimeOffset? Finished = null, long? MillisecondsToDeliver = null)
{
    public bool IsFailed => State is MessageState.Bounced or MessageState.Expired;

    /// <summary>What it adds to its domain and its provider.</summary>
    public MessageTally Tally => new(1, State == MessageState.Delivered ? 1 : 0, IsFailed ? 1 : 0, State == MessageState.Waiting ? 1 : 0, Deferrals);
}
