using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>How many messages of a demand may go now, and when the others should come back.</summary>
internal sealed partial class PathUse
{
    /// <summary>Without storage: when what the process has will do.</summary>
    private Admission? AdmitFromHand(PathDemand demand)
    {
        var now = clock.GetUtcNow();
        var limits = Limits;
        if (Hold is { } hold && now - _seen < LookAgainAfter)
            return Admission.Held(demand.Count, hold);
        if (!HasLease || demand.Returning > 0 || demand.Count > Room(connections.Size, Row))
            return null;
        if (connections.Size < Math.Min(limits.Connections, Wanted + demand.Count) && MayAsk(now))
            return null;
        if (limits.MessagesPerHour is null)
        {
            Interlocked.Add(ref _backlog, demand.Count);
            return Admission.All(demand.Count, null);
        }

        lock (_lock)
        {
            if (Slice.OpenAt(now) is not { } slice || _spare.Slice != slice || _spare.Count < demand.Count)
                return null;
            _spare.Count -= demand.Count;
        }

        Interlocked.Add(ref _backlog, demand.Count);
        return Admission.All(demand.Count, Slice.At(now));
    }

    private (PathRow Row, (Admission Admission, int Spare) Result) Admit(PathRow row, PathDemand demand, DateTimeOffset now)
    {
        // 1. Suspended? 2. Connections. 3. Room in this slice. 4. A time for the rest.
        var limits = LimitsOf(row, now);
        if (HoldOf(row, limits) is { } hold)
            return (row, (Admission.Held(demand.Count, hold), 0));
        row = Lease(row, limits, Wanted + demand.Count, now);
        var room = Math.Clamp(Room(_granted, row), 0, demand.Count);
        if (limits.MessagesPerHour is not { } hourly)
            return With(0, room == demand.Count ? (row, Admission.All(room, null)) : Later(row, limits, demand, demand.Count - room, room, now));
        if (Slice.OpenAt(now) is not { } slice)
            return With(0, Later(row, limits, demand, demand.Count, 0, now));

        var taken = row.Slices.Take(now, slice.ShareOf(hourly), demand.Party, room, Math.Min(demand.Returning, room), room == demand.Count ? Spare : 0);
        if (demand.Returning > room)
            row.Slices.GiveUp(slice, demand.Party, demand.Returning - room);
        var spare = Math.Max(0, taken - room);
        taken -= spare;
        return With(spare, taken == demand.Count ? (row, Admission.All(taken, slice)) : Later(row, limits, demand, demand.Count - taken, taken, now));

        static (PathRow, (Admission, int)) With(int spare, (PathRow Row, Admission Admission) change) => (change.Row, (change.Admission, spare));
    }

    /// <summary>When the rest of a demand should come back.</summary>
    private (PathRow, Admission) Later(PathRow row, PathLimits limits, PathDemand demand, int count, int admitted, DateTimeOffset now)
    {
        var later = new List<LaterMessages>();
        var by = limits.Because switch
        {
            LimitReason.Rule => $"by MX rule {Rule.Id}",
            LimitReason.OperatorOverride => "as an operator set it",
            LimitReason.Probing => "while it is probed after a suspension",
            LimitReason.Backoff => "while it is tried whether it works again",
            _ => "as its replies allow",
        };
        if (limits.Because is LimitReason.Probing or LimitReason.Backoff)
        {
            // A few answers decide; soon there is room for all, or for none.
            Add(now + ComeBack(), null, count);
            return (row, new Admission(admitted, admitted > 0 ? Slice.At(now) : null, later, $"{id.Site}, {by}"));
        }

        if (limits.MessagesPerHour is { } hourly)
        {
            var horizon = now + (limits.Because == LimitReason.Rule ? Horizon : AdaptedHorizon);
            foreach (var planned in row.Slices.Plan(now, slice => slice.ShareOf(hourly), demand.Party, count, demand.Expires < horizon ? demand.Expires : horizon))
            {
                Add(planned.Due, planned.Slice, planned.Count);
                count -= planned.Count;
            }

            // Before the planned slices are over, so that there is always work; or, when its validity ends before, then.
            if (count > 0)
                Add(horizon - (horizon - now) * (0.2 * NextDouble()), null, count);
            return (row, new Admission(admitted, Slice.At(now), later, $"{hourly} messages per hour to {id.Site} {by}"));
        }

        var perMessage = TimeSpan.FromSeconds((row.SecondsPerMessage ?? FirstGuessSeconds) / Math.Max(1, limits.Connections));
        var (lines, back) = WaitingLine.Join(row.Lines, demand.Party.Id, demand.Party.IsUrgent, count, perMessage, now);
        foreach (var (due, here) in back)
            Add(due, null, here);
        return (row with { Lines = lines }, new Admission(admitted, null, later, $"{limits.Connections} connections to {id.Site} {by}"));

        void Add(DateTimeOffset due, Slice? slice, int here) => later.Add(new LaterMessages(due < demand.Expires ? due : demand.Expires, slice, here));
    }

    private PathRow Lease(PathRow row, PathLimits limits, int wanted, DateTimeOffset now)
    {
        var most = limits.Connections;
        wanted = Math.Min(wanted, most);
        // Asking for each connection as it is needed would cost an operation each; others get theirs back as soon as they want it.
        if (wanted > 0 && most > Few)
            wanted = Math.Max(wanted, most / 2);
        _asks = life.Id;
        (var leases, _granted) = ConnectionLeases.Ask(row.Leases, Who, connections.Open, wanted, most, now, now + life.Lifetime, _lives);
        _wasRefused = _granted < wanted;
        row = row with { Leases = leases };
        if (Rule.ConnectionsPerMinute is not { } limit)
        {
            _openings = null;
            return row;
        }

        var (openings, leave) = row.Openings.Take(now, limit, Math.Max(0, _granted - connections.Open + connections.Idle));
        _openings = leave;
        return row with { Openings = openings };
    }

    private void Took(PathRow row, DateTimeOffset now)
    {
        Volatile.Write(ref _row, row);
        _seen = now;
        _asked = now;
        _leasedBy = _asks;
        connections.Resize(_granted, _openings);
    }

    /// <summary>How many more messages this process takes in, with so many connections.</summary>
    private int Room(int size, PathRow row)
    {
        var each = Math.Max(0.001, row.SecondsPerMessage ?? FirstGuessSeconds);
        return size == 0 ? 0 : (int)Math.Min(int.MaxValue, Math.Max(4, Patience.TotalSeconds / each) * size) - Backlog;
    }

    private void Keep(Slice slice, Party party, int count)
    {
        lock (_lock)
            _spare = (slice, party, _spare.Slice == slice ? _spare.Count + count : count);
    }

    private bool TakeSpare(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (Slice.OpenAt(now) is not { } slice || _spare.Slice != slice || _spare.Count == 0)
                return false;
            _spare.Count--;
            return true;
        }
    }

    private TimeSpan ComeBack() => TimeSpan.FromSeconds(30 + (60 * NextDouble()));

    // A seeded Random is not made for several threads.
    private double NextDouble()
    {
        lock (random)
            return random.NextDouble();
    }

    private TimeSpan Pause(int tries)
    {
        lock (random)
            return TimeSpan.FromMilliseconds(random.Next(5, 20 * tries));
    }
}
