namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Where the demo stands.</summary>
/// <param name="Summary">As the API tells it.</param>
/// <param name="Messages">In all.</param>
/// <param name="Elapsed">Since the first message was relayed, in real time.</param>
/// <param name="Ahead">The shortened clock, against real time.</param>
/// <param name="Rounds">Jumps of the clock.</param>
internal sealed record DemoProgress(SummaryView Summary, int Messages, TimeSpan Elapsed, TimeSpan Ahead, int Rounds)
{
    public double SettledPerSecond => Elapsed > TimeSpan.Zero ? (Summary.Delivered + Summary.Failed) / Elapsed.TotalSeconds : 0;
}
