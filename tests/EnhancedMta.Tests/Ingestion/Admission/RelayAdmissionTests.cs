using Azure;
using EnhancedMta.Batches;
using EnhancedMta.Ingestion.Admission;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Ingestion.Admission;

public sealed class RelayAdmissionTests : IDisposable
{
    private const long Gigabyte = 1024L * 1024 * 1024;

    private static readonly AdmissionOptions Options = new() { MarketingWait = TimeSpan.FromMinutes(20), TransactionalWait = TimeSpan.FromMinutes(10) };

    private readonly FakeTimeProvider _clock = new();
    private readonly SimulatedQueue _marketing = new();
    private readonly SimulatedQueue _transactional = new();
    private readonly RelayAdmission _admission;
    private MemoryReading _memory = new(Gigabyte / 10, 2 * Gigabyte);
    private Func<Lane, Task<QueueReading>>? _storage;
    private int _reads;
    private int _collections;

    public RelayAdmissionTests() => _admission = new RelayAdmission(Options, ReadAsync, _clock, new Random(1), () => _memory, () => _collections++);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _admission.Dispose();

    [Fact]
    public async Task A_lane_that_is_behind_is_refused_before_what_it_accepts_would_wait_too_long_and_the_other_lane_never()
    {
        var longest = TimeSpan.Zero;
        var refusals = 0;
        for (var second = 0; second < 3_600; second++)
        {
            using (var marketing = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop))
            using (var transactional = await _admission.AdmitAsync(Lane.Transactional, 1_000, Stop))
            {
                Assert.Null(transactional.Overload);
                refusals += marketing.Overload is null ? 0 : 1;
                // Ten times as much as leaves.
                Pass(TimeSpan.FromSeconds(1), marketing.Overload is null ? 50 : 0, 5);
            }

            longest = _marketing.WaitAt(5) is var wait && wait > longest ? wait : longest;
        }

        Assert.InRange(refusals, 1_000, 3_500);
        // A reading's and the window's time more than the limit; never an empty queue either.
        Assert.InRange(longest, Options.MarketingWait * 0.9, Options.MarketingWait * 1.2);
        Assert.True(_marketing.Count > 0);
    }

    [Fact]
    public async Task Who_comes_again_when_it_was_told_to_is_let_in()
    {
        await FillAsync();
        using var refused = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
        Assert.Equal(OverloadBound.QueueWait, refused.Overload!.Bound);
        Assert.InRange(refused.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Assert.Equal(0, refused.RetryAfter.Ticks % TimeSpan.TicksPerSecond);
        // It is asked now and then meanwhile, by others.
        var left = _marketing.WaitAt(5) - (Options.MarketingWait * 0.75);
        for (var waited = TimeSpan.Zero; waited < left + TimeSpan.FromSeconds(30); waited += TimeSpan.FromSeconds(5))
        {
            Pass(TimeSpan.FromSeconds(5), 0, 5);
            using var other = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
        }

        using var again = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
        Assert.Null(again.Overload);
    }

    [Fact]
    public async Task Those_who_are_refused_are_not_all_told_the_same_time()
    {
        await FillAsync();
        var told = new HashSet<TimeSpan>();
        for (var i = 0; i < 50; i++)
        {
            using var refused = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
            told.Add(refused.RetryAfter);
        }

        Assert.InRange(told.Count, 10, 50);
        Assert.All(told, time => Assert.InRange(time, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Requests_cost_no_storage_operation_of_their_own()
    {
        for (var i = 0; i < 6_000; i++)
        {
            using var one = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
            Pass(TimeSpan.FromMilliseconds(100), 1, 1);
        }

        Assert.InRange(_reads, 60, 122);
    }

    [Fact]
    public async Task Without_storage_nobody_is_refused_for_what_is_not_known()
    {
        _storage = _ => throw new RequestFailedException(503, "Away.");
        for (var i = 0; i < 100; i++)
        {
            using var one = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
            Assert.Null(one.Overload);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_storage_that_does_not_answer_holds_a_request_up_for_two_seconds()
    {
        _storage = _ => new TaskCompletionSource<QueueReading>().Task;
        var one = _admission.AdmitAsync(Lane.Marketing, 1_000, Stop).AsTask();
        Assert.False(one.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        using var letIn = await one.WaitAsync(TimeSpan.FromMinutes(2), Stop);
        Assert.Null(letIn.Overload);
    }

    [Fact]
    public async Task Requests_under_way_hold_no_more_than_their_share_of_memory_and_the_last_quarter_is_for_transactional_ones()
    {
        // A quarter of 2 GB, and three quarters of that.
        var room = 2 * Gigabyte / 4;
        var under = new Stack<AdmissionDecision>();
        while (await _admission.AdmitAsync(Lane.Marketing, null, Stop) is { Overload: null } one)
            under.Push(one);
        Assert.Equal(room * 3 / 4 / RequestMemory.Of(null), under.Count);
        using (var refused = await _admission.AdmitAsync(Lane.Marketing, null, Stop))
        {
            Assert.Equal(OverloadBound.RequestMemory, refused.Overload!.Bound);
            Assert.True(refused.Overload.Measured > refused.Overload.Limit);
        }

        using (var transactional = await _admission.AdmitAsync(Lane.Transactional, 20_000, Stop))
            Assert.Null(transactional.Overload);
        under.Pop().Dispose();
        using (var next = await _admission.AdmitAsync(Lane.Marketing, null, Stop))
            Assert.Null(next.Overload);
        foreach (var one in under)
        {
            one.Dispose();
            // Twice is once.
            one.Dispose();
        }

        // An instance so small that no request of this size fits: alone it may.
        _memory = new MemoryReading(Gigabyte / 100, Gigabyte / 10);
        _clock.Advance(TimeSpan.FromSeconds(2));
        using var large = await _admission.AdmitAsync(Lane.Marketing, 100 * 1024 * 1024, Stop);
        Assert.Null(large.Overload);
        using var second = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
        Assert.Equal(OverloadBound.RequestMemory, second.Overload!.Bound);
    }

    [Fact]
    public async Task A_process_without_memory_takes_nothing_more_and_looks_whether_it_is_garbage()
    {
        _memory = new MemoryReading(Gigabyte * 17 / 10, 2 * Gigabyte);
        for (var i = 0; i < 25; i++)
        {
            using var refused = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
            Assert.Equal(OverloadBound.ProcessMemory, refused.Overload!.Bound);
            using var transactional = await _admission.AdmitAsync(Lane.Transactional, 1_000, Stop);
            Assert.Null(transactional.Overload);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, _collections);
        _memory = new MemoryReading(Gigabyte * 19 / 10, 2 * Gigabyte);
        _clock.Advance(TimeSpan.FromSeconds(1));
        using (var late = await _admission.AdmitAsync(Lane.Transactional, 1_000, Stop))
            Assert.Equal(OverloadBound.ProcessMemory, late.Overload!.Bound);
        _memory = new MemoryReading(Gigabyte, 2 * Gigabyte);
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var again = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
        Assert.Null(again.Overload);
    }

    [Fact]
    public void This_process_has_memory_and_uses_some()
    {
        var memory = MemoryReading.OfThisProcess();
        Assert.InRange(memory.Used, 1, memory.Available);
    }

    [Theory]
    [InlineData(OverloadBound.QueueWait, 9_000, 7_200, "would wait for 2.5 h; at most 2 h")]
    [InlineData(OverloadBound.QueueWait, 700, 600, "would wait for 12 min; at most 10 min")]
    [InlineData(OverloadBound.RequestMemory, 420.0 * 1024 * 1024, 384.0 * 1024 * 1024, "would hold 420 MB; 384 MB")]
    [InlineData(OverloadBound.ProcessMemory, 1700.0 * 1024 * 1024, 1638.0 * 1024 * 1024, "uses 1700 MB of memory; from 1638 MB")]
    public void The_answer_says_what_and_how_much_and_when(OverloadBound bound, double measured, double limit, string says)
    {
        var detail = OverloadWords.Detail(Lane.Marketing, new Overload(bound, measured, limit), TimeSpan.FromSeconds(75));
        Assert.Contains(says, detail, StringComparison.Ordinal);
        Assert.EndsWith("Nothing of the request was taken. Send it again in 75 s.", detail, StringComparison.Ordinal);
    }

    private Task<QueueReading> ReadAsync(Lane lane, CancellationToken cancellationToken)
    {
        _reads++;
        return _storage?.Invoke(lane) ?? Task.FromResult((lane == Lane.Marketing ? _marketing : _transactional).Read());
    }

    private void Pass(TimeSpan time, double coming, double leaving)
    {
        _clock.Advance(time);
        _marketing.Pass(time, coming, leaving);
        _transactional.Pass(time, 1, 5);
    }

    /// <summary>Half as much again as may wait.</summary>
    private async Task FillAsync()
    {
        _marketing.Burst((int)(Options.MarketingWait.TotalSeconds * 5 * 1.5));
        for (var i = 0; i < 60; i++)
        {
            using var one = await _admission.AdmitAsync(Lane.Marketing, 1_000, Stop);
            Pass(TimeSpan.FromSeconds(5), 0, 5);
        }
    }
}
