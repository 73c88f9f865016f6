using System.Diagnostics.CodeAnalysis;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>
/// Runs one timer function on its schedule, in UTC: on one of all hosts, never two runs at once, a run missed while no
/// host was up once at start. A failed run is logged and not repeated.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore holds nothing to dispose, and a run that outlives the host still releases it.")]
internal sealed class TimerListener
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly FunctionDescriptor _function;
    private readonly TimerTriggerAttribute _trigger;
    private readonly CrontabSchedule _schedule;
    private readonly ScheduleMonitor _monitor;
    private readonly TimeProvider _time;
    private readonly FunctionRuntime _runtime;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _one = new(1);
    private Task _loop = Task.CompletedTask;

    /// <exception cref="InvalidOperationException">The schedule is not NCRONTAB of six fields.</exception>
    public TimerListener(FunctionDescriptor function, string schedule, ScheduleMonitor monitor, TimeProvider time, FunctionRuntime runtime, ILogger logger)
    {
        _function = function;
        _trigger = (TimerTriggerAttribute)function.Trigger;
        _schedule = CrontabSchedule.TryParse(schedule, new() { IncludingSeconds = true })
            ?? throw function.Invalid($"has the schedule '{schedule}', which is not NCRONTAB of six fields, like '0 */5 * * * *'");
        _monitor = monitor;
        _time = time;
        _runtime = runtime;
        _logger = logger;
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    public void Start() => _loop = Task.Run(ListenAsync);

    /// <summary>After the host began to stop: waits for runs that go on.</summary>
    public Task StopAsync(TimeSpan grace) => Task.WhenAny(Task.WhenAll(_loop, _one.WaitAsync()), Task.Delay(grace));

    /// <summary>Runs the function now, after a run that goes on. Its exceptions come through.</summary>
    public async Task RunNowAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await InvokeAsync(new() { ScheduleStatus = StatusOf(Now) }, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task RunLoggedAsync()
    {
        try
        {
            await RunNowAsync(_runtime.Stopping);
        }
        catch (Exception e)
        {
            _logger.LogError(e, "Timer {Function} failed", _function.Name);
        }
    }

    private async Task ListenAsync()
    {
        DateTime? due = null;
        while (!_runtime.Stopping.IsCancellationRequested)
        {
            try
            {
                due ??= await FirstDueAsync();
                await WaitUntilAsync(due.Value);
                var started = Now;
                await RunDueAsync(due.Value, started);
                // A run that took longer than its interval is followed at once by one run, not by all it missed.
                due = After(started);
            }
            catch (OperationCanceledException) when (_runtime.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _logger.LogWarning("Timer {Function} cannot reach its schedule in storage: {Reason}", _function.Name, e.Message);
                await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(2), _runtime.Stopping));
                if (due is not null) due = After(Now);
            }
        }
    }

    private async Task<DateTime> FirstDueAsync()
    {
        var now = Now;
        var known = await _monitor.ReadAsync(_runtime.Stopping);
        if (known is null) await _monitor.CreateAsync(StatusOf(default, now), _runtime.Stopping);
        if (_trigger.RunOnStartup) await RunDueAsync(now, now);
        // Like the Functions host: not worth it where the next run is less than a minute away.
        var monitored = _trigger.UseMonitor && After(After(now)) - After(now) >= TimeSpan.FromMinutes(1);
        return monitored && known is not null && known.Next < now ? known.Next : After(now);
    }

    private async Task RunDueAsync(DateTime due, DateTime started)
    {
        await _one.WaitAsync(_runtime.Stopping);
        try
        {
            await using var turn = await _monitor.TryEnterAsync(due, started, _runtime.Stopping);
            if (turn is null) return;
            var info = new TimerInfo { ScheduleStatus = StatusOf(started), IsPastDue = started - due > TimeSpan.FromSeconds(1) };
            try
            {
                await InvokeAsync(info, turn.Lost);
            }
            catch (Exception e)
            {
                _logger.LogError(e, "Timer {Function} failed; its next run is at {Next:u}", _function.Name, After(started));
            }
            await _monitor.WriteAsync(StatusOf(started), turn, CancellationToken.None);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task InvokeAsync(TimerInfo info, CancellationToken cancellationToken)
    {
        await using var invocation = _runtime.Start(_function, info, cancellationToken);
        await invocation.RunAsync();
    }

    private async Task WaitUntilAsync(DateTime due)
    {
        // In pieces, so that a machine that slept or a clock that was set is noticed.
        while (due - Now is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait < LongestWait ? wait : LongestWait, _time, _runtime.Stopping);
    }

    private ScheduleStatus StatusOf(DateTime last) => StatusOf(last, last);

    private ScheduleStatus StatusOf(DateTime last, DateTime after) => new() { Last = last, Next = After(after), LastUpdated = Now };

    private DateTime After(DateTime time) => DateTime.SpecifyKind(_schedule.GetNextOccurrence(time), DateTimeKind.Utc);
}
