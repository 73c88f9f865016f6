using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Breakdowns;

/// <summary>
/// Counts by provider and by hour, and how long deliveries took: small however large the delivery, so they are columns of the partition's
/// counters row and change in the same transaction as the messages. Also used as a difference.
/// </summary>
public sealed class Breakdown
{
    private const string ProvidersName = "Providers";
    private const string TimeLineName = "TimeLine";
    private const string TimeToDeliverName = "TimeToDeliver";

    private readonly SortedDictionary<string, MessageTally> _providers = new(StringComparer.Ordinal);

    /// <summary>Messages by the provider where they were last tried. Those that never found a site are in none.</summary>
    public IReadOnlyDictionary<string, MessageTally> Providers => _providers;

    public TimeLine TimeLine { get; private init; } = new();

    public LatencyHistogram TimeToDeliver { get; private init; } = new();

    /// <summary>A message comes to stand somewhere else, or anew.</summary>
    /// <param name="before">Null for a message that was just accepted.</param>
    /// <param name="after">From now on.</param>
    /// <param name="at">When.</param>
    public void Move(Standing? before, Standing after, DateTimeOffset at)
    {
        if (before is null)
            TimeLine.Add(at, new HourTally(1, 0, 0, 0));
        if (before is { Provider: { } left } old)
            AddProvider(left, default(MessageTally) - old.Tally);
        if (after.Provider is { } reached)
            AddProvider(reached, after.Tally);
        var deferrals = after.Deferrals - (before?.Deferrals ?? 0);
        if (deferrals != 0)
            TimeLine.Add(at, new HourTally(0, 0, 0, deferrals));
        if (before is { State: MessageState.Delivered } delivered && after.State != MessageState.Delivered)
            Deliver(delivered, at, -1);
        if (after.State == MessageState.Delivered && before?.State != MessageState.Delivered)
            Deliver(after, at, 1);
        if (after.IsFailed && before is not { IsFailed: true })
            TimeLine.Add(after.Finished ?? at, new HourTally(0, 0, 1, 0));
    }

    public void Add(Breakdown other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (provider, tally) in other._providers)
            AddProvider(provider, tally);
        TimeLine.Add(other.TimeLine);
        TimeToDeliver.Add(other.TimeToDeliver);
    }

    internal void WriteTo(TableEntity row)
    {
        if (_providers.Count > 0)
            row[ProvidersName] = ProviderBytes();
        if (!TimeLine.IsEmpty)
            row[TimeLineName] = TimeLine.ToBytes();
        if (!TimeToDeliver.IsEmpty)
            row[TimeToDeliverName] = TimeToDeliver.ToBytes();
    }

    internal static Breakdown Read(TableEntity row)
    {
        var breakdown = new Breakdown { TimeLine = TimeLine.Parse(row.GetBinary(TimeLineName)), TimeToDeliver = LatencyHistogram.Parse(row.GetBinary(TimeToDeliverName)) };
        using var reader = new BinaryReader(new MemoryStream(row.GetBinary(ProvidersName) ?? []));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
            breakdown._providers[reader.ReadString()] = MessageTally.Read(reader);
        return breakdown;
    }

    /// <summary>Recounts an attempt that ended in a soft bounce, by its hour.</summary>
    internal void Deferred(DateTimeOffset at) => TimeLine.Add(at, new HourTally(0, 0, 0, 1));

    private void Deliver(Standing delivered, DateTimeOffset at, int count)
    {
        TimeLine.Add(delivered.Finished ?? at, new HourTally(0, count, 0, 0));
        if (delivered.MillisecondsToDeliver is { } milliseconds)
            TimeToDeliver.Add(milliseconds, count);
    }

    internal void AddProvider(string provider, MessageTally difference)
    {
        var sum = _providers.GetValueOrDefault(provider) + difference;
        if (sum == default)
            _providers.Remove(provider);
        else
            _providers[provider] = sum;
    }

    private byte[] ProviderBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        foreach (var (provider, tally) in _providers)
        {
            writer.Write(provider);
            tally.Write(writer);
        }

        return buffer.ToArray();
    }
}
