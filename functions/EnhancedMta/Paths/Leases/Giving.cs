namespace EnhancedMta.Paths.Leases;

/// <summary>To whom of those that wait a process gives the connections that it has.</summary>
internal enum Giving
{
    /// <summary>Its own transactional mail waits for them.</summary>
    ToNobody,

    /// <summary>It needs them itself: only to transactional mail.</summary>
    ToUrgent,

    /// <summary>It had its turn, or nothing to do.</summary>
    ToAll,
}
