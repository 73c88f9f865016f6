using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;

namespace EnhancedMta.Paths;

/// <summary>
/// This process's use of one path: the connections that it has leave for, the messages that it let through, what it observed. Whatever
/// holds for all processes is in the path's row.
/// </summary>
internal sealed partial class PathUse(PathId id, PathConnections connections, PathTable table, PathController controller, ProcessLife life, int holder, TimeProvider clock, Random random) : IDisposable
{
    /// <summary>What a process keeps of a slice's room for its next messages.</summary>
    private const int Spare = 96;

    /// <summary>A process that was refused connections does not ask again at once.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>One that has some, and was refused more, can wait for longer: with many processes these questions would be most of what storage is asked.</summary>
    private static readonly TimeSpan AskForMoreAfter = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan AskMoreAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>One without any, whose transactional mail waits: as soon as another has closed what it gives.</summary>
    private static readonly TimeSpan AskUrgentlyAfter = TimeSpan.FromMilliseconds(400);

    /// <summary>Messages that may wait in a process for its connections, as the time that they need. The others come back later: who waits here holds up other paths.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The same for those that came for the first time. They come back together with others, and wait then
    /// (<see cref="PathDemand.WasPutOff"/>): each batch of a process holds up those behind it as long as one of its messages waits.
    /// </summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(25);

    /// <summary>What others did to a path is seen within this.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(15);

    /// <summary>The same where all connections are taken: others may wait for some of this process's.</summary>
    private static readonly TimeSpan LookWhenFullAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookWhenIdleAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(10);

    /// <summary>Plans reach no further: limits change with time, and what waits should be able to follow.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromHours(6);

    private static readonly TimeSpan AdaptedHorizon = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly PathTally _tally = new();
    private readonly MessageTimes _times = new();
    private PathRow _row = new() { Id = id };

    /// <summary>Of the change that is being made, or was made last. Under <see cref="_turn"/>.</summary>
    private RowDraft _draft = new(isAlone: true);

    private DateTimeOffset _seen = DateTimeOffset.MinValue;
    private string? _leasedBy;
    private DateTimeOffset _asked = DateTimeOffset.MinValue;
    private DateTimeOffset _used = DateTimeOffset.MinValue;
    private DateTimeOffset? _holdsSince;
    private DateTimeOffset? _waitsSince;
    private long _noOpeningsIn;
    private (long Minute, int Count) _openingsBack;
    private IReadOnlyDictionary<string, DateTimeOffset> _lives = new Dictionary<string, DateTimeOffset>();
    private bool _wasRefused;
    private int _backlog;
    private IReadOnlyDictionary<uint, DateTimeOffset> _lines = new Dictionary<uint, DateTimeOffset>();
    private DateTimeOffset _told = DateTimeOffset.MinValue;
    private (Slice Slice, Party Party, int Count) _spare;
    private readonly UnbegunRights _unbegun = new();

    public PathId Id => id;

    public PathConnections Connections => connections;

    public required MxRule Rule { get; set; }

    /// <summary>As last seen.</summary>
    public PathRow Row => Volatile.Read(ref _row);

    /// <summary>Messages let through and not yet settled, in this process.</summary>
    public int Backlog => Volatile.Read(ref _backlog);

    public PathLimits Limits => LimitsOf(Row, clock.GetUtcNow());

    public SessionTerms Terms => new(Rule.Tls, Rule.Timeouts, Limits.MessagesPerConnection);

    /// <summary>Null while something may be sent.</summary>
    public PathHold? Hold => PathHold.Of(id, Row.Control, Limits);

    /// <summary>The same, as far as it was seen lately: others may have ended it since.</summary>
    public PathHold? RecentHold => clock.GetUtcNow() - _seen < LookAgainAfter ? Hold : null;

    /// <summary>Nothing of this path is going on in this process, nor was for a while.</summary>
    public bool IsForgotten => Backlog == 0 && connections.Open == 0 && connections.Waiting == 0 && connections.Size == 0
        && clock.GetUtcNow() - _used > TimeSpan.FromMinutes(10);

    private bool HasLease => connections.Size > 0 && _leasedBy == life.Id && life.IsTrusted;

    /// <summary>It has no connection, and a place in the line of those that are to have some.</summary>
    private bool IsInLine => connections.Size == 0 && _waitsSince is not null && _leasedBy == life.Id && life.IsTrusted;

    /// <summary>Asks for messages to go. Those that may go are to be finished one by one, with <see cref="Finished"/> or <see cref="NotBegun"/>.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed; nothing may go.</exception>
    public async Task<Admission> AdmitAsync(PathDemand demand, CancellationToken cancellationToken)
    {
        _used = clock.GetUtcNow();
        if (AdmitFromHand(demand) is { } admitted)
            return LetThrough(admitted, demand.Party);
        var (admission, spare) = await ChangeAsync((row, now) => Admit(row, demand, now), cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _backlog, admission.Now);
        if (spare > 0)
            Keep(admission.Slice!.Value, demand.Party, spare);
        return LetThrough(admission, demand.Party);
    }

    private Admission LetThrough(Admission admission, Party party)
    {
        if (admission is { Now: > 0, Slice: { } slice })
            _unbegun.Add(slice, party.IsUrgent, admission.Now);
        return admission;
    }

    /// <summary>Plans for messages that were let through and could not begin in time.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public Task<Admission> PlanAsync(PathDemand demand, CancellationToken cancellationToken) =>
        ChangeAsync((row, now) =>
        {
            var limits = LimitsOf(row, now);
            if (HoldOf(row, limits) is { } hold)
                return (row, Admission.Held(demand.Count, hold));
            // Urgent mail that waited for a connection in vain has its room still, while the slice lasts.
            var soon = demand.Party.IsUrgent ? Soon(row, limits, demand, demand.Count, now) : [];
            var (next, later) = Later(row, limits, demand, demand.Count - soon.Sum(s => s.Count), 0, now);
            return (next, later with { Later = [.. soon, .. later.Later] });
        }, cancellationToken);

    /// <summary>Whether a message that was let through may still begin: its slice may have ended while it waited for a connection, or transactional mail took its room.</summary>
    public bool MayBegin(Slice? slice, bool isUrgent)
    {
        var now = clock.GetUtcNow();
        if (Hold is not null || !HasLease)
            return false;
        return slice is not { } known || (Slice.OpenAt(now) == known && _unbegun.TryTake(known, isUrgent)) || TakeSpare(now);
    }

    /// <summary>Whether one that <see cref="MayBegin"/> let pass still may: opening its connection can take minutes.</summary>
    /// <param name="began">In which slice it did; null without a limit.</param>
    public bool MayGoOn(Slice? began) => HasLease && (began is null || Slice.OpenAt(clock.GetUtcNow()) == began);

    /// <summary>A message that was let through was tried.</summary>
    /// <param name="duration">How long it occupied its connection; null when there was none.</param>
    public void Finished(TimeSpan? duration)
    {
        Interlocked.Decrement(ref _backlog);
        if (duration is { } known)
            _times.Add(known);
    }

    /// <summary>No session could be had. Twenty connections that fail at the same moment are one failure.</summary>
    /// <returns>Until when the path is left alone.</returns>
    public async Task<PathHold> SessionFailedAsync(AttemptResult result, CancellationToken cancellationToken)
    {
        if (Hold is { } known)
            return known;
        var now = clock.GetUtcNow();
        _tally.SessionFailed(result.Error?.ToString(), result.Reply?.ToString(), result.Reply is { } reply ? Rule.TriggersFor(reply) : [], now);
        return await ChangeAsync((row, at) => (row, HoldOf(row, LimitsOf(row, at))), cancellationToken).ConfigureAwait(false)
            // A trigger took it: fewer connections, say, and the next try may have one.
            ?? new PathHold(now + ComeBack(), $"{id.Site}: {result.Reply?.ToString() ?? result.Error?.ToString()}");
    }

    /// <summary>What the site answered to a message, as far as it tells of the path.</summary>
    public void Observe(PathOutcome outcome, AttemptResult result) =>
        _tally.Answered(outcome, outcome == PathOutcome.Delivered ? null : result.Reply?.ToString(), result.Reply is { } reply ? Rule.TriggersFor(reply) : [], clock.GetUtcNow());

    /// <summary>A recipient called a message spam that came by this path.</summary>
    public void Complained() => _tally.Complained();

    /// <summary>A message that was let through did not go after all.</summary>
    /// <param name="slice">For which it was.</param>
    /// <param name="party">Whose.</param>
    /// <param name="mayBegin">It was told that it may begin, and has room of its own.</param>
    public void NotBegun(Slice? slice, Party party, bool mayBegin = false)
    {
        Interlocked.Decrement(ref _backlog);
        if (slice is { } known && (mayBegin || _unbegun.TryTake(known, party.IsUrgent)))
            Keep(known, party, 1);
    }

    /// <summary>Transactional mail waits: here, for a connection that another process gives, or in another one, for what this one has closed.</summary>
    public bool IsInHurry =>
        (connections.Size == 0 && connections.UrgentWaiting > 0) || (HasClosed && Row.Leases.Any(l => l is { IsWaiting: true, IsUrgent: true } && !l.IsOf(Who)));

    /// <summary>More connections would be used, or leave to open them.</summary>
    public bool WantsMore(DateTimeOffset now) =>
        connections.Waiting > 0 && MayAsk(now)
        && (connections.NeedsOpenings ? OpeningCount.MinuteOf(now) > _noOpeningsIn : connections.Size < Math.Min(Limits.Connections, connections.Open + connections.Waiting));

    /// <summary>Renews what is needed, gives up what is not, tells what was observed, and looks what others did. Called every few seconds.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed; a leave that could not be renewed ends by itself.</exception>
    public async Task UpkeepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var needed = connections.Open + connections.Waiting + Backlog > 0;
        try
        {
            // In the row too, when they were closed because this process was late: others would wait for them as long as it lives.
            if (!needed && (connections.Size > 0 || Row.Leases.Any(l => l.IsOf(Who))))
                await GiveUpAsync(isForGood: false, cancellationToken).ConfigureAwait(false);
            else if (IsWorthTelling(now) || HasClosed || ShouldShare(now)
                || (((needed && !HasLease && (MayAsk(now) || _leasedBy != life.Id)) || WantsMore(now)) && await IsWorthAskingAsync(now, cancellationToken).ConfigureAwait(false)))
                await ChangeAsync((row, at) => (Lease(row, LimitsOf(row, at), Wanted + _draft.Joining, at), true), cancellationToken).ConfigureAwait(false);
            else if (needed && now - _seen >= LookAfter)
                await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Others may soon take these connections for free; and what has waited for too long comes back another time.
            if ((connections.Size > 0 && !HasLease) || (IsInLine && now - _waitsSince > Patience))
                LetGo();
        }
    }

    /// <summary>Closes what is idle, and lets nothing begin: what this process has may soon be others'. What has begun gets a moment to end.</summary>
    /// <param name="isEnding">They are cut off.</param>
    /// <returns>Connections that it had.</returns>
    public int CloseWhenLate(bool isEnding)
    {
        var open = connections.Size == 0 ? 0 : connections.Open;
        LetGo();
        if (isEnding)
            connections.CutOff();
        return open;
    }

    /// <summary>Gives up all connections: for good, whatever still waits for them, or until they are needed again.</summary>
    public async Task GiveUpAsync(bool isForGood, CancellationToken cancellationToken)
    {
        LetGo();
        // It would hold as long as this process lives, used or not.
        if (!Row.Leases.Any(l => l.IsOf(Who)))
            return;
        await ChangeAsync((row, now) => (Lease(row, LimitsOf(row, now), isForGood || Backlog + _draft.Joining == 0 ? 0 : Wanted + _draft.Joining, now), true), cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _turn.Dispose();

    private (string, int) Who => (life.Id, holder);

    // What was let through a moment ago does not wait yet.
    private int Wanted => Math.Max(connections.Open + connections.Waiting, Backlog);

    private PathLimits LimitsOf(PathRow row, DateTimeOffset now) => PathLimits.Of(row.Control, Rule, now);

    private PathHold? HoldOf(PathRow row, PathLimits limits) => PathHold.Of(id, row.Control, limits);

    /// <summary>No leave any more, and nobody waits here for a connection.</summary>
    private void LetGo()
    {
        (_holdsSince, _waitsSince) = (null, null);
        KeepOpenings(0, clock.GetUtcNow());
        connections.Resize(0);
    }

    /// <summary>
    /// Whether asking would change anything. Who was refused looks first: a dozen processes that write to one row in vain would
    /// keep each other from it.
    /// </summary>
    private async Task<bool> IsWorthAskingAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!_wasRefused || !(HasLease || IsInLine) || connections.NeedsOpenings)
            return true;
        await LookAsync(cancellationToken).ConfigureAwait(false);
        _asked = now;
        var others = Row.Leases.Count(l => !l.IsOf(Who) && l.Holds(now, _lives));
        return Row.Leases.FirstOrDefault(l => l.IsOf(Who)) is not { } own || own.Wanted < Math.Min(Wanted, Limits.Connections / (others + 1)) || GrantNow(now) != connections.Size
            || (own.IsWaiting && own.IsUrgent != connections.UrgentWaiting > 0);
    }

    /// <summary>Others have less than an equal share of the connections, or none while this process had its turn, and it should give some of its own.</summary>
    private bool ShouldShare(DateTimeOffset now)
    {
        var fair = Math.Max(1, Limits.Connections / Math.Max(1, Row.Leases.Count));
        return connections.Size > 0 && Row.Leases.Any(l => !l.IsOf(Who) && l.Count < Math.Min(l.Wanted, fair)) && GrantNow(now) < connections.Size;
    }

    /// <summary>What it was about to close is closed: others have a use for it as soon as the row says so.</summary>
    private bool HasClosed => Row.Leases.FirstOrDefault(l => l.IsOf(Who)) is { Closing: > 0 } own && connections.Open <= own.Count - own.Closing;

    /// <summary>All connections are somebody's.</summary>
    private bool IsFull => Row.Leases.Sum(l => l.Count) >= Limits.Connections;

    private TimeSpan LookAfter => (connections.Waiting + Backlog > 0, IsFull) switch
    {
        (true, true) => LookWhenFullAfter,
        (true, false) => LookAgainAfter,
        (false, true) => LookWhenIdleAfter,
        _ => TimeSpan.MaxValue,
    };

    /// <summary>How many connections it would get, as the row was when it was last seen.</summary>
    private int GrantNow(DateTimeOffset now) =>
        Ask(Row.Leases, connections.Open, Math.Min(Wanted, Limits.Connections), Limits.Connections, now, GivesTo(now)).Granted;

    /// <summary>To all when it has nothing to do with its connections, or had them for a turn. Urgent mail loses them to urgent mail only, and no sooner.</summary>
    private Giving GivesTo(DateTimeOffset now)
    {
        var hadItsTurn = now - _holdsSince > Turn(Row);
        if (connections.UrgentWaiting > 0)
            return hadItsTurn ? Giving.ToUrgent : Giving.ToNobody;
        return hadItsTurn || (Backlog + connections.Waiting == 0 && connections.Idle == connections.Open) ? Giving.ToAll : Giving.ToUrgent;
    }

    private static TimeSpan Turn(PathRow row) => Turns.Length(row.SecondsPerMessage);

    /// <summary>What others should know soon: objections, and how a path does that is not in its normal state. That all is well can wait.</summary>
    private bool IsWorthTelling(DateTimeOffset now) =>
        _tally.IsUrgent
        || (Row.Control is { Mode: PathMode.Normal, Backoff: null } ? _tally.Has(objections: true) && now - _told >= TellAfter : _tally.Has(objections: false));

    private bool MayAsk(DateTimeOffset now) => now - _asked >= (!_wasRefused ? AskMoreAfter
        : connections.Size > 0 ? AskForMoreAfter : connections.UrgentWaiting > 0 ? AskUrgentlyAfter : AskAgainAfter);
}
