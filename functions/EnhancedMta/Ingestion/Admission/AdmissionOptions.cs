using EnhancedMta.Batches;

namespace EnhancedMta.Ingestion.Admission;

/// <summary>From where on relay requests are refused.</summary>
public sealed record AdmissionOptions
{
    /// <summary>A marketing message that is accepted would wait so long for its first attempt, limits of recipients' sites aside.</summary>
    public TimeSpan MarketingWait { get; init; } = TimeSpan.FromHours(2);

    /// <summary>A transactional one. Whoever waits for a code to log in by has left by then, and its sender may know another way.</summary>
    public TimeSpan TransactionalWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The process uses so much of the memory that it may have, in percent. Transactional mail goes on halfway from there to all of it.</summary>
    public int MemoryPercent { get; init; } = 80;

    public TimeSpan WaitOf(Lane lane) => lane == Lane.Transactional ? TransactionalWait : MarketingWait;
}
