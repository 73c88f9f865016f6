using System.Globalization;
using EnhancedMta.Batches;

namespace EnhancedMta.Ingestion.Admission;

/// <summary>Overload as callers, metrics and people read it.</summary>
internal static class OverloadWords
{
    private const double Megabyte = 1024 * 1024;

    public static string Of(OverloadBound bound) => bound switch
    {
        OverloadBound.QueueWait => "queueWait",
        OverloadBound.RequestMemory => "requestMemory",
        _ => "processMemory",
    };

    public static string Unit(OverloadBound bound) => bound == OverloadBound.QueueWait ? "seconds" : "octets";

    /// <summary>What happened, and what to do.</summary>
    public static string Detail(Lane lane, Overload overload, TimeSpan retryAfter)
    {
        var what = overload.Bound switch
        {
            OverloadBound.QueueWait => Text($"A {lane.Word()} message accepted now would wait for {Time(overload.Measured)}; at most {Time(overload.Limit)} is promised."),
            OverloadBound.RequestMemory => Text($"With this request, those being read would hold {overload.Measured / Megabyte:0} MB; {overload.Limit / Megabyte:0} MB is for them."),
            _ => Text($"This instance uses {overload.Measured / Megabyte:0} MB of memory; from {overload.Limit / Megabyte:0} MB on it takes no {lane.Word()} requests."),
        };
        return Text($"{what} Nothing of the request was taken. Send it again in {retryAfter.TotalSeconds:0} s.");
    }

    private static string Time(double seconds) => seconds switch
    {
        < 120 => Text($"{seconds:0} s"),
        < 7_200 => Text($"{seconds / 60:0} min"),
        _ => Text($"{seconds / 3_600:0.#} h"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
