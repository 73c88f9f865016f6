namespace EnhancedMta.Benchmarks.Relay;

/// <summary>What a phase of our way takes of 1,000 messages.</summary>
/// <param name="Name">For people.</param>
/// <param name="TimesPer1000">How often: 1,000 where it is each message's, less where it is a batch's.</param>
/// <param name="SecondsPer1000">From its starts to its ends, added up: phases of many messages go on at once, and most of it is waiting.</param>
/// <param name="CpuSecondsPer1000">Of what is computed in it by one thread; null where others do the work, or it cannot be told apart.</param>
internal sealed record PhaseFigures(string Name, double TimesPer1000, double SecondsPer1000, double? CpuSecondsPer1000);
