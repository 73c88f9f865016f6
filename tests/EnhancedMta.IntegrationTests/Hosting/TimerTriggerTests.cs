using System.Net;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Hosting;

public sealed class TimerTriggerTests(AzuriteFixture azurite)
{
    private const string EverySecond = "* * * * * *";
    private const string EveryHour = "0 0 * * * *";

    private readonly string _connection = azurite.NewAccount();
    private readonly TestLog _log = new();
    private readonly TimerProbe _probe = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 29, 0, 30, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_hosts_one_runs_each_occurrence()
    {
        await using var first = await StartAsync(EverySecond, TimeProvider.System);
        await using var second = await StartAsync(EverySecond, TimeProvider.System);

        await Eventually.IsTrueAsync(() => _probe.Runs.Count >= 4, "four runs");
        var seconds = _probe.Runs.Select(run => run.ScheduleStatus!.Last.Ticks / TimeSpan.TicksPerSecond).ToList();
        Assert.Equal(seconds.Distinct(), seconds);
    }

    [Fact]
    public async Task Runs_do_not_overlap_on_one_host_or_between_two()
    {
        var done = 0;
        _probe.Work = async token =>
        {
            await Task.Delay(1500, token);
            done++;
        };
        await using var first = await StartAsync(EverySecond, TimeProvider.System);
        await using var second = await StartAsync(EverySecond, TimeProvider.System);

        await Eventually.IsTrueAsync(() => done >= 2, "two runs, each longer than the interval");
        Assert.Equal(1, _probe.MostAtOnce);
    }

    [Fact]
    public async Task A_run_missed_while_no_host_was_up_is_made_up_for_once()
    {
        await using (await StartAsync(EveryHour, _clock)) await Eventually.IsTrueAsync(StatusExistsAsync, "the first host left its status");
        Assert.Empty(_probe.Runs);

        // 03:30: the runs of 01:00, 02:00 and 03:00 were missed.
        _clock.Advance(TimeSpan.FromHours(3));
        await using (await StartAsync(EveryHour, _clock)) await Eventually.IsTrueAsync(() => _probe.Runs.Count == 1, "one run for all that were missed");
        Assert.True(_probe.Runs.Last().IsPastDue);

        await using var third = await StartAsync(EveryHour, _clock);
        await AdvanceUntilAsync(TimeSpan.FromMinutes(30), runs: 2);
        Assert.False(_probe.Runs.Last().IsPastDue);
    }

    [Fact]
    public async Task Of_two_hosts_that_start_late_one_makes_up_for_the_missed_run()
    {
        await using (await StartAsync(EveryHour, _clock)) await Eventually.IsTrueAsync(StatusExistsAsync, "the first host left its status");
        _clock.Advance(TimeSpan.FromHours(3));

        await using var one = await StartAsync(EveryHour, _clock);
        await using var other = await StartAsync(EveryHour, _clock);
        await AdvanceUntilAsync(TimeSpan.FromMinutes(30), runs: 2);
        Assert.Equal([true, false], _probe.Runs.Select(run => run.IsPastDue));
    }

    [Fact]
    public async Task A_failed_run_is_logged_and_the_next_one_is_the_scheduled_one()
    {
        _probe.Work = _ => throw new FormatException("bad run");
        await using var host = await StartAsync(EveryHour, _clock);
        await AdvanceUntilAsync(TimeSpan.FromMinutes(30), runs: 1);
        await Eventually.IsTrueAsync(() => _log.Lines.Any(line => line.Level == LogLevel.Error && line.Text.Contains("bad run", StringComparison.Ordinal)), "a log entry");
        await AdvanceUntilAsync(TimeSpan.FromHours(1), runs: 2);
        Assert.Equal([1, 2], _probe.Runs.Select(run => run.ScheduleStatus!.Last.Hour));
    }

    [Fact]
    public async Task A_timer_runs_now_when_the_host_is_told_to_and_its_exception_comes_through()
    {
        await using var host = await StartAsync(EveryHour, _clock);
        await host.RunTimerAsync("Tick", Cancel);
        Assert.Single(_probe.Runs);

        _probe.Work = _ => throw new FormatException("bad run");
        await Assert.ThrowsAsync<FormatException>(() => host.RunTimerAsync("Tick", Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => host.RunTimerAsync("Tock", Cancel));
    }

    [Fact]
    public async Task A_disabled_timer_runs_only_when_told_to()
    {
        await using var host = await FunctionHost.StartAsync(
            Options(EverySecond, TimeProvider.System, new() { ["AzureWebJobs.Tick.Disabled"] = "true" }), Cancel);
        await using var enabled = await FunctionHost.StartAsync(Options(EverySecond, TimeProvider.System, new() { ["AzureFunctionsWebHost:hostid"] = "other" }, out var other), Cancel);
        await Eventually.IsTrueAsync(() => other.Runs.Count >= 2, "the same timer runs elsewhere");
        Assert.Empty(_probe.Runs);
        await host.RunTimerAsync("Tick", Cancel);
        Assert.Single(_probe.Runs);
    }

    [Fact]
    public async Task The_admin_address_runs_a_timer_for_the_master_key_only()
    {
        await using var host = await StartAsync(EveryHour, _clock);
        using var client = new HttpClient { BaseAddress = host.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(client, "Tick", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(client, "Tick", TestHost.Keys.Function));
        Assert.Empty(_probe.Runs);
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(client, "Tock", TestHost.Keys.Master));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(client, "tick", TestHost.Keys.Master));
        await Eventually.IsTrueAsync(() => _probe.Runs.Count == 1, "the run");
    }

    [Fact]
    public async Task A_stopping_host_cancels_a_run()
    {
        var cancelled = false;
        _probe.Work = async token =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                cancelled = token.IsCancellationRequested;
            }
        };
        var host = await StartAsync(EverySecond, TimeProvider.System);
        await Eventually.IsTrueAsync(() => !_probe.Runs.IsEmpty, "a run");
        await host.StopAsync();
        Assert.True(cancelled);
    }

    [Theory]
    [InlineData("*/5 * * * *", "six fields")]
    [InlineData("whenever", "six fields")]
    [InlineData(null, "'TickSchedule'")]
    public async Task A_schedule_that_cannot_be_read_is_an_error_at_start(string? schedule, string says)
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(schedule, _clock));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    private Task<FunctionHost> StartAsync(string? schedule, TimeProvider time) => FunctionHost.StartAsync(Options(schedule, time, []), Cancel);

    private FunctionHostOptions Options(string? schedule, TimeProvider time, Dictionary<string, string?> settings) => Options(schedule, time, settings, _probe);

    private FunctionHostOptions Options(string? schedule, TimeProvider time, Dictionary<string, string?> settings, out TimerProbe own)
    {
        own = new();
        return Options(schedule, time, settings, own);
    }

    private FunctionHostOptions Options(string? schedule, TimeProvider time, Dictionary<string, string?> settings, TimerProbe probe)
    {
        settings["TickSchedule"] = schedule;
        return TestHost.Options(_connection, [typeof(TickFunction)], _log, settings, probe, time);
    }

    /// <summary>The listener may not have set its timer yet when the clock first moves: it moves on, with time to notice, until the run came.</summary>
    private Task AdvanceUntilAsync(TimeSpan step, int runs) => Eventually.IsTrueAsync(async () =>
    {
        if (await RanWithinAsync(TimeSpan.FromMilliseconds(300))) return true;
        _clock.Advance(step);
        return await RanWithinAsync(TimeSpan.FromSeconds(2));

        async Task<bool> RanWithinAsync(TimeSpan limit)
        {
            for (var until = Environment.TickCount64 + limit.TotalMilliseconds; _probe.Runs.Count < runs && Environment.TickCount64 < until;)
                await Task.Delay(20, Cancel);
            return _probe.Runs.Count >= runs;
        }
    }, $"{runs} runs");

    private async Task<bool> StatusExistsAsync() =>
        await new Azure.Storage.Blobs.BlobClient(_connection, "azure-webjobs-hosts", "timers/enhancedmta/Tick/status").ExistsAsync(Cancel);

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string name, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"admin/functions/{name}");
        if (key is not null) request.Headers.Add(FunctionKeys.Header, key);
        using var answer = await client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
