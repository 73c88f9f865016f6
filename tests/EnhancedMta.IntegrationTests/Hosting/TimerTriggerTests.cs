using System.Net;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.Hosting;

public sealed class TimerTriggerTests(AzuriteFixture azurite)
{
    private const string EverySecond = "* * * * * *";
    private const string EveryHour = "0 0 * * * *";

    private readonly string _connection = azurite.NewAccount();
    private readonly TestLog _log = new();
    private readonly TimerProbe _probe = new();
    private readonly TestClock _clock = new(0, 30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_host_ran_another_whose_clock_is_behind_does_not_run_again()
    {
        TestClock ahead = new(0, 30), behind = new(0, 30);
        await using var first = await StartAsync(EveryHour, ahead);
        await using var second = await StartAsync(EveryHour, behind);

        await ahead.AdvanceAsync(TimeSpan.FromMinutes(30));
        await ahead.IsWaitedForAsync();
        await behind.AdvanceAsync(TimeSpan.FromMinutes(30));
        await behind.IsWaitedForAsync();
        Assert.Equal([1], Hours());

        await behind.AdvanceAsync(TimeSpan.FromHours(1));
        await behind.IsWaitedForAsync();
        await ahead.AdvanceAsync(TimeSpan.FromHours(1));
        await ahead.IsWaitedForAsync();
        Assert.Equal([1, 2], Hours());
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
        await using (await StartAsync(EveryHour, _clock)) await _clock.IsWaitedForAsync();
        Assert.Empty(_probe.Runs);

        // The runs of 01:00, 02:00 and 03:00 were missed.
        TestClock late = new(3, 30), later = new(3, 31);
        await using (await StartAsync(EveryHour, late)) await late.IsWaitedForAsync();
        Assert.True(Assert.Single(_probe.Runs).IsPastDue);

        await using var third = await StartAsync(EveryHour, later);
        await later.IsWaitedForAsync();
        Assert.Single(_probe.Runs);
        await later.AdvanceAsync(TimeSpan.FromMinutes(29));
        await later.IsWaitedForAsync();
        Assert.Equal([true, false], _probe.Runs.Select(run => run.IsPastDue));
    }

    [Fact]
    public async Task Of_two_hosts_that_start_late_one_makes_up_for_the_missed_run()
    {
        await using (await StartAsync(EveryHour, _clock)) await _clock.IsWaitedForAsync();

        TestClock one = new(3, 30), other = new(3, 30);
        await using var first = await StartAsync(EveryHour, one);
        await using var second = await StartAsync(EveryHour, other);
        await one.IsWaitedForAsync();
        await other.IsWaitedForAsync();
        Assert.True(Assert.Single(_probe.Runs).IsPastDue);
    }

    [Fact]
    public async Task A_failed_run_is_logged_and_the_next_one_is_the_scheduled_one()
    {
        _probe.Work = _ => throw new FormatException("bad run");
        await using var host = await StartAsync(EveryHour, _clock);
        await _clock.AdvanceAsync(TimeSpan.FromMinutes(30));
        await _clock.IsWaitedForAsync();
        Assert.Single(_log.Lines, line => line.Level == LogLevel.Error && line.Text.Contains("bad run", StringComparison.Ordinal));

        await _clock.AdvanceAsync(TimeSpan.FromHours(1));
        await _clock.IsWaitedForAsync();
        Assert.Equal([1, 2], Hours());
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

    private IEnumerable<int> Hours() => _probe.Runs.Select(run => run.ScheduleStatus!.Last.Hour);

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string name, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"admin/functions/{name}");
        if (key is not null) request.Headers.Add(FunctionKeys.Header, key);
        using var answer = await client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
