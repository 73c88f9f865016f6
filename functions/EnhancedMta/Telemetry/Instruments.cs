using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EnhancedMta.Telemetry;

/// <summary>
/// Where the instruments come from. Each stands beside what it counts; all are named <c>enhancedmta.…</c>. What an attribute can be is bounded by
/// the settings and our own lists (lanes, outcomes, providers, egresses, reasons): never a delivery, a domain, a host or an address.
/// </summary>
public static class Instruments
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "EnhancedMta";

    internal static Meter Meter { get; } = new(Name);

    internal static ActivitySource Activities { get; } = new(Name);
}
