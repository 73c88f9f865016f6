using EnhancedMta.Benchmarks.Chaos.FeedbackFaults;
using EnhancedMta.Benchmarks.Chaos.SmtpFaults;
using EnhancedMta.Benchmarks.Chaos.StorageFaults;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>All weathers of a run, and the tally that they share.</summary>
internal sealed class ChaosWeather(int seed)
{
    /// <summary>Goes wrong at all times: one event in a hundred.</summary>
    private const double Usual = 0.01;

    public FaultTally Tally { get; } = new();

    public Weather<StorageRequest, StorageFault> Storage { get; } = new(seed + 1, Usual, Enum.GetValues<StorageFault>());

    public Weather<SmtpPlace, SmtpFault> Smtp { get; } = new(seed + 2, Usual, Enum.GetValues<SmtpFault>());

    /// <summary>There is one place only.</summary>
    public Weather<string, FeedbackFault> Feedback { get; } = new(seed + 3, Usual, Enum.GetValues<FeedbackFault>());

    /// <summary>Things go wrong from now on.</summary>
    public void Begin()
    {
        Storage.Begin();
        Smtp.Begin();
        Feedback.Begin();
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public void Calm()
    {
        Storage.Calm();
        Smtp.Calm();
        Feedback.Calm();
    }
}
