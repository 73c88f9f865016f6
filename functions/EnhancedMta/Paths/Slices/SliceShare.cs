namespace EnhancedMta.Paths.Slices;

/// <summary>What one party has of one slice.</summary>
internal sealed class SliceShare(Party party)
{
    public Party Party => party;

    public uint Id => party.Id;

    public bool IsUrgent => party.IsUrgent;

    /// <summary>Messages that are to come back in this slice, and have not come yet.</summary>
    public int Planned { get; set; }

    /// <summary>Messages that were let through in it.</summary>
    public int Used { get; set; }
}
