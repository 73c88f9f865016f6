using System.Text.Json;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>What a demo ended with.</summary>
internal sealed record DemoResult
{
    public required long Relayed { get; init; }

    public required long Delivered { get; init; }

    public required long Failed { get; init; }

    /// <summary>Messages that met at least one soft bounce.</summary>
    public required long SoftBounced { get; init; }

    /// <summary>Attempts after each message's first.</summary>
    public required long Retried { get; init; }

    public required double SuccessPercent { get; init; }

    public required double DeliveredPercent { get; init; }

    /// <summary>From the first relay request until all messages are final, in real time.</summary>
    public required double Seconds { get; init; }

    /// <summary>All messages over the time from the first relay request until each had its first attempt: before the clock jumps.</summary>
    public required double MessagesPerSecond { get; init; }

    /// <summary>All requests to storage, retries of days included, over all messages.</summary>
    public required double StorageOperationsPerMessage { get; init; }

    /// <summary>Relayed messages that are neither at the sink nor Failed in the log.</summary>
    public required int Lost { get; init; }

    /// <summary>Messages that the sink took more than once.</summary>
    public required int Duplicates { get; init; }

    /// <summary>The same until each message had its first attempt.</summary>
    public required double FirstOperationsPerMessage { get; init; }

    public required SummaryView Summary { get; init; }

    /// <summary>What is not as it must be; none when all is well.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>The line for programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Relayed,
            Delivered,
            Failed,
            SoftBounced,
            Retried,
            SuccessPercent,
            DeliveredPercent,
            Seconds,
            MessagesPerSecond,
            StorageOperationsPerMessage,
            Lost,
            Duplicates,
        },
        JsonSerializerOptions.Web);
}
