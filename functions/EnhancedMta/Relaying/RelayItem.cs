using EnhancedMta.Batches;
using EnhancedMta.Packs;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Relaying;

/// <summary>A message of the batch at hand, with what is known of it from before.</summary>
/// <param name="Slot">Place in the batch.</param>
/// <param name="Index">Place in the pack; -1 when the content is lost.</param>
/// <param name="Message">Envelope.</param>
/// <param name="Attempts">Made before, and counted.</param>
/// <param name="Entries">Of its history.</param>
/// <param name="SoftBounced">Counted as such already.</param>
/// <param name="Reason">Of its last failure.</param>
/// <param name="WasWaiting">It comes from the schedule, not fresh from ingestion.</param>
/// <param name="Held">Its last verdict was held because of what may be an outage.</param>
internal sealed record RelayItem(int Slot, int Index, PackItem Message, int Attempts, int Entries, bool SoftBounced, int? Reason, bool WasWaiting, bool Held = false)
{
    /// <summary>Public id of the egress by which it should be tried again.</summary>
    public int? Egress { get; init; }

    /// <summary>The slice in which its path has room planned for it.</summary>
    public Slice? Slice { get; init; }

    /// <summary>When it reached us; null when its content is lost.</summary>
    public DateTimeOffset? Received { get; init; }

    /// <summary>Whose the site was where it was tried before, and counted.</summary>
    public string? KnownProvider { get; init; }

    /// <summary>Whose the site is where it goes now; null while none was found.</summary>
    public string? Provider { get; init; }

    /// <summary>Key of the path by which it goes.</summary>
    public string? Path { get; init; }

    public static RelayItem Fresh(int slot, PackItem message) => new(slot, slot, message, 0, 0, false, null, WasWaiting: false);

    public static RelayItem Again(int slot, BatchItem known, PackItem message) =>
        new(slot, known.Index, message, known.Attempts, known.Entries, known.SoftBounced, known.Reason, WasWaiting: true, known.Held)
        {
            Egress = known.Egress,
            Slice = known.Slice is { } number ? new Slice(number) : null,
            KnownProvider = known.Provider,
        };
}
