using EnhancedMta.Packs;

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
internal sealed record RelayItem(int Slot, int Index, PackItem Message, int Attempts, int Entries, bool SoftBounced, int? Reason, bool WasWaiting, bool Held = false);
