using System.Collections.Concurrent;
using Azure;
using EnhancedMta.Egresses;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Providers;
using EnhancedMta.Sites;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.WarmUp;

/// <summary>
/// Daily budgets of cold egresses, shared by all instances: packs of a budget are taken from the row of the egress and provider by ETag, and
/// used up in memory.
/// </summary>
/// <remarks>
/// A pack is written as taken before the first message of it goes. What a process does not use it gives back; what a process takes along when it
/// dies counts as used. So a budget may fall short, and is never exceeded. Answers are told with the packs, or after minutes; the last ones of
/// a process that dies are lost.
/// </remarks>
public sealed partial class WarmUpBudgets(WarmUpTable table, WarmUpSchedule schedule, ProviderDirectory providers, TimeProvider clock, Random random, ILogger<WarmUpBudgets> logger)
    : IDisposable
{
    /// <summary>Sites of no provider that we know share one budget: each alone sees too little mail to judge by.</summary>
    public const string OtherSites = "others";

    // An eighth of the day for each visit to storage: few enough, and what a process dies with does not end the day.
    private const int PacksPerDay = 8;
    private const int LeastPack = 50;
    private const int LeastUrgentPack = 5;
    private const int MostPack = 2_000;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StorageAway = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GiveBackAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TellAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly BudgetExchange _exchange = new(table, schedule, clock);
    private readonly ConcurrentDictionary<(int PublicId, string Provider, bool IsUrgent), BudgetPack> _packs = new();

    public WarmUpSchedule Schedule => schedule;

    /// <summary>Whose budget mail for a site counts for: its provider's, by the first host, or that of all other sites.</summary>
    public string ProviderOf(Site site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return ProviderOf(site.Hosts[0].Name);
    }

    /// <summary>The same by the MX host that took a message.</summary>
    public string ProviderOf(string mxHost) => providers.Find(mxHost)?.Name ?? OtherSites;

    /// <summary>Takes budget for so many messages. Nearly always without storage.</summary>
    /// <param name="egress">By which they go.</param>
    /// <param name="provider">Where they go: <see cref="ProviderOf(Site)"/>.</param>
    /// <param name="isUrgent">Transactional: they may take all that there is, marketing leaves them a reserve.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the wait for storage.</param>
    /// <returns>For how many there is budget now. All, for an egress that is warm. None while storage does not answer.</returns>
    public async ValueTask<int> TakeAsync(Egress egress, string provider, bool isUrgent, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(egress);
        if (!egress.HasWarmUp)
            return count;
        var pack = Pack(egress, provider, isUrgent);
        int taken;
        while (!pack.TryTake(count, clock.GetUtcNow(), out taken))
        {
            await WithStorageAsync(pack, async () =>
            {
                if (pack.Lacks(count, clock.GetUtcNow()) > 0)
                    await RefillAsync(pack, count, cancellationToken).ConfigureAwait(false);
            }, now => pack.Received(0, Date(now), now + StorageAway, isWarm: false), cancellationToken).ConfigureAwait(false);
        }
        return taken;
    }

    /// <summary>Messages that had budget and did not reach the provider: a limit of the path, no session.</summary>
    public void GiveBack(Egress egress, string provider, bool isUrgent, int count)
    {
        ArgumentNullException.ThrowIfNull(egress);
        if (egress.HasWarmUp && _packs.TryGetValue((egress.PublicId, provider, isUrgent), out var pack))
            pack.GiveBack(count, clock.GetUtcNow());
    }

    /// <summary>When messages for which there was no budget should come again: some time tomorrow, as room is booked for them; urgent ones first of all.</summary>
    /// <returns>The same time for messages that should wait together, as long as one has places.</returns>
    public async ValueTask<DateTimeOffset> NextRoomAsync(Egress egress, string provider, bool isUrgent, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(egress);
        if (!egress.HasWarmUp)
            return clock.GetUtcNow();
        if (isUrgent)
            return Midnight(Date(clock.GetUtcNow()).AddDays(1));
        var pack = Pack(egress, provider, isUrgent: false);
        while (true)
        {
            if (pack.TakeBooked(count, clock.GetUtcNow()) is { } time)
                return time;
            await WithStorageAsync(pack, async () =>
            {
                if (!pack.HasBooked(clock.GetUtcNow()))
                    await BookAsync(pack, cancellationToken).ConfigureAwait(false);
            }, now => SetTime(pack, Date(now), new BookedRoom(0, schedule.OpenTo(isUrgent: false, 1)), null, 0), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What became of a message that went.</summary>
    public void Report(Egress egress, string provider, PathOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(egress);
        if (egress.HasWarmUp)
            Pack(egress, provider, isUrgent: false).Tell(WarmUpCounts.Of(outcome), clock.GetUtcNow());
    }

    /// <summary>Somebody complained of a message that went this way.</summary>
    public void Complained(Egress egress, string provider)
    {
        ArgumentNullException.ThrowIfNull(egress);
        if (egress.HasWarmUp)
            Pack(egress, provider, isUrgent: false).Tell(WarmUpCounts.Complaint, clock.GetUtcNow());
    }

    /// <summary>Gives back what nobody used for a while and tells what was not told. Storage that fails now is asked next time.</summary>
    /// <param name="all">At once: the process stops.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ExchangeAsync(bool all, CancellationToken cancellationToken)
    {
        foreach (var (key, pack) in _packs)
        {
            var now = clock.GetUtcNow();
            var idle = pack.TakeIdle(all ? now : now - GiveBackAfter, now);
            if (idle > 0 || pack.HasPending(all ? now : now - TellAfter))
                // Should it fail, what was to be given back counts as used.
                await WithStorageAsync(pack, () => _exchange.ChangeAsync(
                    pack, (before, _) => idle > 0 && before.Date == Date(now) ? before.GiveBack(idle) : before, cancellationToken), _ => { }, cancellationToken).ConfigureAwait(false);
            else if (pack.IsIdle(now - ForgetAfter))
                _packs.TryRemove(KeyValuePair.Create(key, pack));
        }
    }

    /// <summary>Rows of an egress were set by somebody: look at them before the next message.</summary>
    internal void Forget(int publicId)
    {
        foreach (var pack in _packs.Values.Where(p => p.PublicId == publicId))
            pack.Forget();
    }

    public void Dispose()
    {
        foreach (var pack in _packs.Values)
            pack.Dispose();
    }

    private async Task RefillAsync(BudgetPack pack, int count, CancellationToken cancellationToken)
    {
        var got = 0;
        var state = await _exchange.ChangeAsync(pack, (before, now) =>
        {
            var size = pack.IsUrgent
                ? Math.Clamp((int)(schedule.BudgetOf(before.Day) * schedule.Reserve / PacksPerDay), LeastUrgentPack, MostPack)
                : Math.Clamp(schedule.BudgetOf(before.Day) / PacksPerDay, LeastPack, MostPack);
            (var after, got) = before.Take(Math.Max(size, pack.Lacks(count, now)), pack.IsUrgent, now, schedule);
            return after;
        }, cancellationToken).ConfigureAwait(false);
        var time = clock.GetUtcNow();
        if (!state.IsWarm && state.Room(pack.IsUrgent, time, schedule) > 0)
        {
            pack.Received(got, state.Date, time, isWarm: false);
            return;
        }

        // What others give back, or an operator sets, is found after a while.
        var (again, midnight) = (time + LookAgain, Midnight(Date(time).AddDays(1)));
        pack.Received(state.IsWarm ? 0 : got, state.Date, again < midnight ? again : midnight, state.IsWarm);
    }

    private async Task BookAsync(BudgetPack pack, CancellationToken cancellationToken)
    {
        var (slot, places) = (0, 0);
        var state = await _exchange.ChangeAsync(pack, (before, _) =>
        {
            (var after, slot, places) = before.Book(schedule);
            return after;
        }, cancellationToken).ConfigureAwait(false);
        SetTime(pack, state.Date, state.BookedNext, places > 0 ? slot : null, places);
    }

    // Where tomorrow is full, any of its slots will do: they look again then, or another egress has room. In the first half of the slot, so
    // that what it has room for is used before the next one.
    private void SetTime(BudgetPack pack, DateOnly today, BookedRoom tomorrow, int? slot, int places)
    {
        double part;
        lock (random)
            (slot, part) = (slot ?? random.Next(tomorrow.Slots), random.NextDouble());
        pack.Booked(Midnight(today.AddDays(1)) + tomorrow.SlotLength * (slot.Value + part / 2), places > 0 ? places : tomorrow.PerSlot);
    }

    /// <summary>One of this process at a time. When storage does not answer, something else instead.</summary>
    private async Task WithStorageAsync(BudgetPack pack, Func<Task> work, Action<DateTimeOffset> instead, CancellationToken cancellationToken)
    {
        await pack.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (IsStorageAway(e) && !cancellationToken.IsCancellationRequested)
        {
            LogAway(e, pack.PublicId, pack.Provider);
            instead(clock.GetUtcNow());
        }
        finally
        {
            pack.Gate.Release();
        }
    }

    private BudgetPack Pack(Egress egress, string provider, bool isUrgent) => _packs.GetOrAdd(
        (egress.PublicId, provider, isUrgent), static (key, egress) => new BudgetPack(key.PublicId, key.Provider, key.IsUrgent, egress.Address?.ToString()), egress);

    private static bool IsStorageAway(Exception e) =>
        e is RequestFailedException or IOException or OperationCanceledException || (e is AggregateException all && all.InnerExceptions.All(IsStorageAway));

    private static DateOnly Date(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private static DateTimeOffset Midnight(DateOnly date) => new(date, TimeOnly.MinValue, TimeSpan.Zero);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The warm-up of egress {PublicId} with {Provider} could not be read or written; it has no budget for a moment.")]
    private partial void LogAway(Exception exception, int publicId, string provider);
}
