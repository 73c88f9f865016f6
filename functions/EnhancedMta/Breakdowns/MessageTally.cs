namespace EnhancedMta.Breakdowns;

/// <summary>Messages of a provider or a domain by where they stand. Also used as a difference.</summary>
/// <param name="Relayed">All of them.</param>
/// <param name="Delivered">Taken by the recipient's MX, and not bounced since.</param>
/// <param name="Failed">Bounced or expired.</param>
/// <param name="Waiting">Between two attempts now.</param>
/// <param name="Deferred">Attempts that ended in a soft bounce.</param>
public readonly record struct MessageTally(long Relayed, long Delivered, long Failed, long Waiting, long Deferred)
{
    public static MessageTally operator +(MessageTally a, MessageTally b) =>
        new(a.Relayed + b.Relayed, a.Delivered + b.Delivered, a.Failed + b.Failed, a.Waiting + b.Waiting, a.Deferred + b.Deferred);

    public static MessageTally operator -(MessageTally a, MessageTally b) =>
        new(a.Relayed - b.Relayed, a.Delivered - b.Delivered, a.Failed - b.Failed, a.Waiting - b.Waiting, a.Deferred - b.Deferred);

    public static MessageTally Add(MessageTally left, MessageTally right) => left + right;

    public static MessageTally Subtract(MessageTally left, MessageTally right) => left - right;

    internal void Write(BinaryWriter writer)
    {
        writer.WriteCount(Relayed);
        writer.WriteCount(Delivered);
        writer.WriteCount(Failed);
        writer.WriteCount(Waiting);
        writer.WriteCount(Deferred);
    }

    internal static MessageTally Read(BinaryReader reader) =>
        new(reader.ReadCount(), reader.ReadCount(), reader.ReadCount(), reader.ReadCount(), reader.ReadCount());
}
