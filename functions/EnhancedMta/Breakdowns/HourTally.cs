namespace EnhancedMta.Breakdowns;

/// <summary>What an hour counts. Also used as a difference.</summary>
/// <param name="Relayed">Accepted from Campaign in it.</param>
/// <param name="Delivered">Delivered in it, and not bounced since.</param>
/// <param name="Failed">Failed in it.</param>
/// <param name="Deferred">Attempts in it that ended in a soft bounce.</param>
public readonly record struct HourTally(long Relayed, long Delivered, long Failed, long Deferred)
{
    public static HourTally operator +(HourTally a, HourTally b) =>
        new(a.Relayed + b.Relayed, a.Delivered + b.Delivered, a.Failed + b.Failed, a.Deferred + b.Deferred);

    public static HourTally Add(HourTally left, HourTally right) => left + right;

    internal void Write(BinaryWriter writer)
    {
        writer.WriteCount(Relayed);
        writer.WriteCount(Delivered);
        writer.WriteCount(Failed);
        writer.WriteCount(Deferred);
    }

    internal static HourTally Read(BinaryReader reader) => new(reader.ReadCount(), reader.ReadCount(), reader.ReadCount(), reader.ReadCount());
}
