using EnhancedMta.Qualification;

namespace EnhancedMta.Corrections;

/// <summary>What a requalification found: counts by move, each with a few samples.</summary>
public sealed class RequalificationReport
{
    private readonly Dictionary<(string, string), Move> _moves = [];

    /// <summary>Failed messages of the period that were looked at.</summary>
    public long Looked { get; set; }

    public long Corrected { get; set; }

    /// <summary>Addresses that come out of quarantine.</summary>
    public long Unquarantined { get; set; }

    /// <summary>What moves, the largest first.</summary>
    public IReadOnlyList<Move> Moves => [.. _moves.Values.OrderByDescending(m => m.Count)];

    public void Add(RecordedVerdict old, Verdict now, int maxSamples)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(now);
        var message = old.Message;
        var from = new Meant(message.FailureType, (int?)message.Reason, (int?)message.BounceCode, message.Class is { } was ? ClassNames.Of(was) : null, message.Rule);
        var to = new Meant(now.Type, (int)now.Reason, (int)now.Code, ClassNames.Of(now.Class), now.Rule);
        if (!_moves.TryGetValue((from.ToString(), to.ToString()), out var move))
            _moves.Add((from.ToString(), to.ToString()), move = new Move(from, to));
        move.Count++;
        if (move.Samples.Count < maxSamples)
            move.Samples.Add(new Sample(message.Partition.DeliveryId, message.MessageId, message.Reply));
    }

    /// <param name="Type">Campaign's failure type.</param>
    /// <param name="Reason">Campaign's number.</param>
    /// <param name="Code">Momentum's.</param>
    /// <param name="Class">Ours.</param>
    /// <param name="Rule">That decided.</param>
    public sealed record Meant(FailureType? Type, int? Reason, int? Code, string? Class, string? Rule);

    public sealed record Move(Meant From, Meant To)
    {
        public long Count { get; set; }

        public List<Sample> Samples { get; } = [];
    }

    public sealed record Sample(string DeliveryId, string MessageId, string? Reply);
}
