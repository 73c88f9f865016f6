namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>What a provider does about some of its recipients. Who they are follows from the address alone, so that totals can be foretold.</summary>
/// <param name="Name">For people.</param>
/// <param name="Reply">What is answered while the rule holds.</param>
public sealed record RecipientRule(string Name, SinkReply Reply)
{
    public const int ForEver = int.MaxValue;

    /// <summary>Local parts that begin so meet the rule, before any percentage is looked at.</summary>
    public string? Prefix { get; init; }

    /// <summary>So many of the other recipients meet it, chosen by a stable hash of the address.</summary>
    public double Percent { get; init; }

    /// <summary>The first so many tries are answered so; <see cref="ForEver"/> is the default.</summary>
    public int Tries { get; init; } = ForEver;

    /// <summary>And all tries until so long after the first one.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Answered to the end of the data, by a provider that looks into the message, and not to RCPT.</summary>
    public bool AfterData { get; init; }
}
