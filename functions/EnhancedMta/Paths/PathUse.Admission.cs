using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;

namespace EnhancedMta.Paths;

/// <summary>How many messages of a demand may go now, and when the others should come back.</summary>
internal sealed partial class PathUse
{
    /// <summary>Without storage: when what the process has will do.</summary>
    private Admission? AdmitFromHand(PathDemand demand)
    {
        var now = clock.GetUtcNow();
        var limits = Limits;
        // An operator, or another process, may have suspended or resumed it since.
        if (now - _seen >= LookAgainAfter)
            return null;
        if (Hold is { } hold)
            return Admission.Held(demand.Count, hold);
        if (connections.Size == 0 && !IsInLine && limits.MessagesPerHour is null && _wasRefused && !demand.Party.IsUrgent && !MayAsk(now))
            return WaitFromHand(limits, demand, now);
        // That urgent mail waits here others see in the row.
        if (!(HasLease || (IsInLine && !demand.Party.IsUrgent)) || demand.Returning > 0 || demand.Count > Room(connections.Size, Row, limits, demand, now))
            return null;
        if (demand.Party.IsUrgent && LacksOpenings(Row, demand, now))
            return null;
        // Who is in line has asked already.
        if (HasLease && connections.Size < Math.Min(limits.Connections, Wanted + demand.Count) && MayAsk(now))
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
        // 1. Suspended? 2. Connections. 3. Room in this slice. 4. Who lacks only connections comes back soon, and the rest gets its time.
        var limits = LimitsOf(row, now);
        if (HoldOf(row, limits) is { } hold)
            return (row, (Admission.Held(demand.Count, hold), 0));
        var lacksOpenings = demand.Party.IsUrgent && LacksOpenings(row, demand, now);
        _draft.JoinsUrgently |= demand.Party.IsUrgent && !lacksOpenings && MayWaitUrgently(row, limits, now);
        row = Lease(row, limits, Wanted + _draft.Joining + demand.Count, now);
        var room = lacksOpenings ? 0 : Math.Clamp(Room(_draft.Granted, row, limits, demand, now) - _draft.Joining, 0, demand.Count);
        var (begins, slice, spare) = (room, (Slice?)null, 0);
        if (limits.MessagesPerHour is { } hourly)
        {
            if (Slice.OpenAt(now) is not { } open)
            {
                var (later, planned) = Later(row, limits, demand, demand.Count, 0, now);
                return (later, (planned, 0));
            }

            slice = open;
            var most = open.ShareOf(hourly);
            var taken = row.Slices.Take(now, most, demand.Party, room, Math.Min(demand.Returning, room), room == demand.Count && _draft.IsAlone ? Spare : 0);
            (begins, spare) = (Math.Min(taken, room), Math.Max(0, taken - room));
            if (demand.Party.IsUrgent)
                begins += TakeOver(row, open, demand.Party, room - begins, now);
        }

        if (room < demand.Count)
            row = row with { LackedConnections = now };
        var soon = Soon(row, limits, demand, demand.Count - room, now);
        if (demand.Count - begins - soon.Sum(s => s.Count) is > 0 and var lacking && slice is { } full && MayHaveRoomElsewhere(row, full, demand, now))
            soon = [.. soon, new LaterMessages(now, null, lacking)];
        if (slice is not null && !demand.Party.IsUrgent)
            _draft.JoiningSlice += begins + spare;
        row = row with { Leases = WithUnbegun(row.Leases, now) };
        _draft.Joining += begins;
        if ((_draft.Granted == 0 || lacksOpenings) && _draft.Joining + Backlog + connections.Open == 0)
            row = Leave(row);
        var rest = demand.Count - begins - soon.Sum(s => s.Count);
        if (rest == 0 && soon.Count == 0)
            return (row, (Admission.All(begins, slice), spare));
        var (next, admission) = rest == 0
            ? (row, new Admission(begins, slice, [], room < demand.Count
                ? $"{id.Site}: other processes have its {limits.Connections} connections" : $"{id.Site}: other processes have the room of these five minutes"))
            : Later(row, limits, demand, rest, begins, now);
        return (next, (admission with { Later = [.. soon, .. admission.Later] }, spare));
    }

    /// <summary>Of room that marketing mail was let through with and has not used in this process; nothing when the change is not written.</summary>
    private int TakeOver(PathRow row, Slice slice, Party party, int count, DateTimeOffset now)
    {
        if (count == 0 || _unbegun.Yield(slice, count) is not (> 0 and var yielded))
            return 0;
        _draft.Yielded = (slice, _draft.Yielded.Count + yielded);
        return row.Slices.TakeOver(now, party, yielded);
    }

    /// <summary>The slice is full, and what took the room has not all begun: another process has some of it waiting for its connections, as it told, and as far as that cannot have gone since.</summary>
    private bool MayHaveRoomElsewhere(PathRow row, Slice slice, PathDemand demand, DateTimeOffset now)
    {
        var each = Math.Max(0.001, row.SecondsPerMessage ?? MessageTimes.FirstGuessSeconds);
        return demand.Party.IsUrgent && row.Slices.UsedByUsual(slice) > 0 && row.Leases.Any(HasRoom);

        bool HasRoom(ConnectionLease lease)
        {
            var told = lease.Until - life.Lifetime;
            return !lease.IsOf(Who) && lease.Holds(now, _lives) && Slice.At(told) == slice && (now - told).TotalSeconds * lease.Count / each < lease.Unbegun;
        }
    }

    private IReadOnlyList<ConnectionLease> WithUnbegun(IReadOnlyList<ConnectionLease> leases, DateTimeOffset now) =>
        [.. leases.Select(l => l.IsOf(Who) ? l with { Unbegun = _unbegun.Usual(Slice.At(now)) + _draft.JoiningSlice } : l)];

    /// <summary>
    /// Messages that lack only connections: other processes have those, and one of them may be the next to see them. Without their room in this slice
    /// what a process without connections takes from the queue would wait for another one, and room stay unused.
    /// </summary>
    private static List<LaterMessages> Soon(PathRow row, PathLimits limits, PathDemand demand, int count, DateTimeOffset now)
    {
        if (count == 0)
            return [];
        if (limits.MessagesPerHour is not { } hourly)
            return demand.Party.IsUrgent && limits.Because is not (LimitReason.Probing or LimitReason.Backoff) ? [new LaterMessages(now, null, count)] : [];
        if (Slice.OpenAt(now) is not { } slice)
            return [];
        var limit = slice.ShareOf(hourly);
        var back = Math.Clamp(demand.Returning - (demand.Count - count), 0, count);
        var due = demand.Party.IsUrgent ? now : new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero).AddMinutes(1);
        if (demand.Party.IsUrgent || Slice.OpenAt(due) != slice)
        {
            row.Slices.GiveUp(slice, demand.Party, back);
            var free = Math.Clamp(limit - row.Slices.Used(slice), 0, count);
            return demand.Party.IsUrgent && free > 0 ? [new LaterMessages(now, null, free)] : [];
        }

        // Those that had planned to be here keep their place.
        var here = back + row.Slices.PlanHere(now, limit, demand.Party, count - back);
        return here > 0 ? [new LaterMessages(due, slice, here)] : [];
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

        var perMessage = TimeSpan.FromSeconds((row.SecondsPerMessage ?? MessageTimes.FirstGuessSeconds) / Math.Max(1, limits.Connections));
        var (lines, back) = WaitingLine.Join(row.Lines, demand.Party.Id, demand.Party.IsUrgent, count, perMessage, now);
        foreach (var (due, here) in back)
            Add(due, null, here);
        return (row with { Lines = lines }, new Admission(admitted, null, later, $"{limits.Connections} connections to {id.Site} {by}"));

        void Add(DateTimeOffset due, Slice? slice, int here) => later.Add(new LaterMessages(due < demand.Expires ? due : demand.Expires, slice, here));
    }

    /// <summary>Other processes have the connections, as was told a moment ago, and nothing of this one waits for them: no question to storage for each batch.</summary>
    private Admission? WaitFromHand(PathLimits limits, PathDemand demand, DateTimeOffset now)
    {
        if (demand.WasPutOff)
            return null;
        lock (_lock)
        {
            var (after, admission) = Later(Row with { Lines = Latest(Row.Lines, _lines) }, limits, demand, demand.Count, 0, now);
            _lines = after.Lines;
            return admission;
        }
    }

    private static IReadOnlyDictionary<uint, DateTimeOffset> Latest(IReadOnlyDictionary<uint, DateTimeOffset> a, IReadOnlyDictionary<uint, DateTimeOffset> b) =>
        b.Count == 0 ? a : a.Concat(b).GroupBy(line => line.Key, line => line.Value).ToDictionary(line => line.Key, line => line.Max());

    /// <summary>Out of the line of those that wait for connections: nothing waits here.</summary>
    private PathRow Leave(PathRow row)
    {
        (_draft.AsksFor, _draft.Granted) = (0, 0);
        return row with { Leases = [.. row.Leases.Where(l => !l.IsOf(Who))] };
    }

    private PathRow Lease(PathRow row, PathLimits limits, int wanted, DateTimeOffset now)
    {
        var (most, messages) = (limits.Connections, wanted);
        wanted = Math.Min(wanted, most);
        (_draft.Asks, _draft.AsksFor) = (life.Id, wanted);
        var gives = GivesTo(now);
        (var leases, _draft.Granted) = Ask(connections.Open);
        // Before it is written: what was opened meanwhile would be one too many as soon as another process has its place.
        if (_draft.Granted < connections.Size)
            (leases, _) = Ask(connections.Shrink(_draft.Granted));
        _wasRefused = _draft.Granted < wanted;
        row = row with { Leases = WithUnbegun(leases, now) };
        if (Rule.ConnectionsPerMinute is not { } limit)
        {
            _draft.Openings = null;
            return row;
        }

        // What is to be opened now, and some to follow those that have carried their last message: each question costs two operations, and the messages wait for its answer.
        var needed = Math.Max(0, _draft.Granted - connections.Open + connections.Idle) + Followers(limits, limit, messages);
        // Others of this change may have asked, and given back, just before.
        var missing = Math.Max(0, needed - (connections.OpeningsLeft ?? 0) - _draft.Leave);
        var back = KeepOpenings(needed, now);
        var (openings, leave) = row.Openings.GiveBack(back.Minute, back.Count - _draft.ToldBack.Count).Take(now, IsUrgent ? limit : OpeningCount.UsualOf(limit), missing);
        (_draft.ToldBack, _draft.Leave) = (back, _draft.Leave + leave);
        _draft.Openings = new OpeningLeave(_draft.Leave, openings.End);
        if (leave < missing)
            _noOpeningsIn = openings.Minute;
        return row with { Openings = openings };

        (IReadOnlyList<ConnectionLease>, int) Ask(int open) => this.Ask(row.Leases, open, wanted, most, now, gives);
    }

    /// <summary>
    /// Connections to open after those that are open now, for the messages at hand. No more than half of what this process's connections are of the path's, of a minute's openings:
    /// the connections may be another's before the minute is over.
    /// </summary>
    private int Followers(PathLimits limits, int perMinute, int messages)
    {
        var usual = Math.Min(_draft.Granted, perMinute / 4);
        var share = limits.Connections == 0 ? 0 : (int)((long)perMinute * _draft.Granted / limits.Connections / 2);
        return Math.Max(usual, Math.Min((messages + limits.MessagesPerConnection - 1) / limits.MessagesPerConnection, share));
    }

    /// <summary>Gives up leave to open more than so many: what is left of a turn that is over, for example. It is others' when the row says so, which may take several tries.</summary>
    /// <returns>All that the row does not have back yet.</returns>
    private (long Minute, int Count) KeepOpenings(int most, DateTimeOffset now)
    {
        var minute = OpeningCount.MinuteOf(now);
        lock (_lock)
            return _openingsBack = (minute, (_openingsBack.Minute == minute ? _openingsBack.Count : 0) + connections.KeepOpenings(most));
    }

    /// <summary>The leases, and the leave of this process, if it asked now.</summary>
    private (IReadOnlyList<ConnectionLease> Leases, int Granted) Ask(IReadOnlyList<ConnectionLease> before, int open, int wanted, int most, DateTimeOffset now, Giving gives)
    {
        var (leases, granted) = ConnectionLeases.Ask(before, Who, open, wanted, most, now, now + life.Lifetime, _lives, gives, IsUrgent);
        return wanted == 0 ? (leases, granted) : SpareConnections.Add(leases, Who, granted, most);
    }

    /// <summary>Transactional mail waits here, or is about to.</summary>
    private bool IsUrgent => _draft.JoinsUrgently || connections.UrgentWaiting > 0;

    /// <summary>How many more messages this process takes in, with so many connections. Urgent ones wait for none of the others.</summary>
    private int Room(int size, PathRow row, PathLimits limits, PathDemand demand, DateTimeOffset now)
    {
        var each = Math.Max(0.001, row.SecondsPerMessage ?? MessageTimes.FirstGuessSeconds);
        var connections = size > 0 ? size : !demand.Party.IsUrgent ? ExpectedConnections(row, limits, demand, now) : MayWaitUrgently(row, limits, now) ? 1 : 0;
        // What a slice lets through is no more than that; where only connections bind, there is no end to what might wait.
        var patience = demand.WasPutOff || demand.Party.IsUrgent || limits.MessagesPerHour is not null ? Patience : FirstPatience;
        return connections == 0 ? 0 : (int)Math.Min(int.MaxValue, Math.Max(4, patience.TotalSeconds / each) * connections) - (demand.Party.IsUrgent ? 0 : Backlog);
    }

    /// <summary>
    /// The share of the connections that a process without any may wait for with messages at hand; none when its turn comes too late. To put these messages off would
    /// cost a small batch for each batch that has some.
    /// </summary>
    private double ExpectedConnections(PathRow row, PathLimits limits, PathDemand demand, DateTimeOffset now)
    {
        if (limits.Because is LimitReason.Probing or LimitReason.Backoff || limits.Connections == 0)
            return 0;
        // What waits has its room in the slice: it should be through before that ends.
        if (limits.MessagesPerHour is not null && Slice.OpenAt(now + Patience) != Slice.At(now))
            return 0;
        var ahead = row.Leases.TakeWhile(l => !l.IsOf(Who)).Count(l => l.IsWaiting);
        var waited = _waitsSince is { } since ? now - since : TimeSpan.Zero;
        return Turn(row) * (ahead + 1) / limits.Connections > (demand.WasPutOff ? Patience : FirstPatience) - waited ? 0 : Math.Min(1, (double)limits.Connections / Math.Max(1, row.Leases.Count));
    }

    /// <summary>
    /// Whether urgent mail waits here for a connection of another process. That one gives it at the end of the message under way, as soon as it looks at the row, which takes
    /// seconds; to put the mail back, for a process to see that has one, takes as long for each that has none.
    /// </summary>
    private bool MayWaitUrgently(PathRow row, PathLimits limits, DateTimeOffset now) =>
        limits.Because is not (LimitReason.Probing or LimitReason.Backoff) && limits.Connections > 0
        && (limits.MessagesPerHour is not { } hourly || (Slice.OpenAt(now) is { } open && (row.Slices.Used(open) < open.ShareOf(hourly) || _unbegun.Usual(open) > 0)));

    /// <summary>
    /// No connection is open here, and none may be opened in this minute: another process has some that are open, and urgent mail is put back for it to see. Once: who met none waits
    /// for the next minute.
    /// </summary>
    private bool LacksOpenings(PathRow row, PathDemand demand, DateTimeOffset now) =>
        !demand.WasPutOff && Rule.ConnectionsPerMinute is { } limit && connections.Open == 0 && connections.OpeningsLeft is null or 0
        && row.Openings.Minute == OpeningCount.MinuteOf(now) && row.Openings.Count >= limit && now < row.Openings.End
        && row.Leases.Any(l => !l.IsOf(Who) && l.Count > l.Closing && l.Holds(now, _lives));

    private TimeSpan ComeBack() => TimeSpan.FromSeconds(30 + (60 * NextDouble()));

    // A seeded Random is not made for several threads.
    private double NextDouble()
    {
        lock (random)
            return random.NextDouble();
    }
}
