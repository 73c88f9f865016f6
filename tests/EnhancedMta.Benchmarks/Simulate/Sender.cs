using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Retries;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>
/// A sender of several processes under a virtual clock: slices of five minutes, connections that are opened while there is work, the pipeline's retry plan, and
/// reports that come with a delay.
/// </summary>
internal sealed class Sender
{
    public static readonly DateTimeOffset Start = new(2026, 9, 7, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private const int Processes = 4;
    private const int TicksPerReport = 6;
    private const int TicksPerSlice = 60;

    // Other processes hear of new limits when they next look at the path's row.
    private const int TicksUntilHeard = 2;
    private const int TicksUntilConnectedAgain = 12;

    private readonly Setting _setting;
    private readonly Provider _provider;
    private readonly Policy _policy;
    private readonly Random _random;
    private readonly RetryPlan _plan = new();
    private readonly PathTally[] _tallies = [.. Enumerable.Range(0, Processes).Select(_ => new PathTally())];
    private readonly Queue<PathLimits> _limits = new();
    private readonly Queue<int> _ready = new();
    private readonly PriorityQueue<int, long> _waiting = new();
    private readonly int[] _arrivals;
    private readonly byte[] _attempts;
    private int _arrived;
    private int _open;
    private int _refusedConnections;
    private int _usedOfSlice;
    private double _workLeft;

    public Sender(Setting setting, Provider provider, Policy policy, Random random)
    {
        (_setting, _provider, _policy, _random) = (setting, provider, policy, random);
        // By tick.
        _arrivals = [.. setting.Arrivals.SelectMany(a => Enumerable.Range(0, a.Count).Select(i => (int)((a.At + a.Over * ((double)i / a.Count)) / Tick))).Order()];
        _attempts = new byte[_arrivals.Length];
    }

    public Run Run()
    {
        var run = new Run(_setting, _arrivals.Length);
        var ticks = (int)(_setting.Length / Tick);
        for (var tick = 0; tick < ticks; tick++)
        {
            var time = Tick * tick;
            var now = Start + time;
            _provider.Tick(time, Tick);
            while (_arrived < _arrivals.Length && _arrivals[_arrived] <= tick)
                _ready.Enqueue(_arrived++);
            while (_waiting.TryPeek(out var back, out var due) && due <= tick)
            {
                _waiting.Dequeue();
                _ready.Enqueue(back);
            }
            if (tick % TicksPerSlice == 0)
                _usedOfSlice = 0;
            _limits.Enqueue(_policy.Limits(now));
            if (_limits.Count > TicksUntilHeard)
                _limits.Dequeue();
            Send(_limits.Peek(), tick, time, now, run);
            for (var p = 0; p < Processes; p++)
            {
                if (_tallies[p].IsUrgent || (tick + p) % TicksPerReport == 0)
                    _policy.Report(_tallies[p].Take(), now);
            }
            if (tick % TicksPerSlice == TicksPerSlice - 1)
                run.EndSlice(time + Tick, _policy.Limits(now + Tick), _provider.LimitAt(time), _provider.Reputation, _arrived - run.Finished);
        }
        run.Moves = _policy.Moves;
        return run;
    }

    private void Send(PathLimits limits, int tick, TimeSpan time, DateTimeOffset now, Run run)
    {
        var tokens = limits.MessagesPerHour is { } rate ? rate / 12 + (tick / TicksPerSlice * (rate % 12) % 12 + rate % 12 >= 12 ? 1 : 0) - _usedOfSlice : int.MaxValue;
        var wanted = Math.Min(_ready.Count, tokens);
        if (limits.IsHeld || wanted <= 0)
        {
            (_open, _workLeft) = (0, 0);
            return;
        }
        if (_provider.RefusesConnections(time))
        {
            _open = 0;
            _tallies[_random.Next(Processes)].SessionFailed("ConnectRefused", null, [], now);
            return;
        }
        Connect(limits.Connections, tick, now, run);
        _workLeft = Math.Min(_workLeft + _open * (Tick / _setting.ServiceTime), _open * (Tick / _setting.ServiceTime) + 1);
        for (; wanted > 0 && _workLeft >= 1; wanted--)
        {
            _workLeft--;
            _usedOfSlice++;
            HandOver(_ready.Dequeue(), tick, time, now, run);
        }
    }

    /// <summary>As many as allowed; those that the provider does not take are tried again after a minute.</summary>
    private void Connect(int allowed, int tick, DateTimeOffset now, Run run)
    {
        _open = Math.Min(_open, allowed);
        if (tick % TicksUntilConnectedAgain == 0)
            _refusedConnections = 0;
        while (_open + _refusedConnections < allowed)
        {
            var tally = _tallies[_random.Next(Processes)];
            if (_provider.TakesConnection(_open))
            {
                _open++;
                tally.SessionWorked(now);
                continue;
            }
            _refusedConnections++;
            run.Objections++;
            var matches = _policy.Match(ProviderWords.TooManyConnections);
            if (matches.Count > 0)
                tally.SessionFailed(null, ProviderWords.TooManyConnections, matches, now);
        }
    }

    private void HandOver(int message, int tick, TimeSpan time, DateTimeOffset now, Run run)
    {
        var arrived = Start + Tick * _arrivals[message];
        var expires = arrived + _setting.Validity;
        if (expires <= now)
        {
            run.Finished++;
            run.Expired++;
            _usedOfSlice--;
            return;
        }
        var tally = _tallies[message % Processes];
        run.Attempts++;
        if (_provider.Answer(_attempts[message] == 0, time) is not var (words, @class))
        {
            tally.Answered(PathOutcome.Delivered, null, [], now);
            run.Delivered(time);
            return;
        }
        var permanent = words[0] == '5';
        var outcome = PathOutcomes.Of(@class, permanent);
        tally.Answered(outcome, words, _policy.Match(words), now);
        if (ReferenceEquals(words, ProviderWords.TooMuch) || ReferenceEquals(words, ProviderWords.PutOff))
            run.Objections++;
        if (ReferenceEquals(words, ProviderWords.Blocked))
        {
            run.Objections++;
            run.Blocks++;
        }
        if (permanent || _plan.Next(@class, ++_attempts[message], now, expires, null, _random) is not { } next)
        {
            run.Finished++;
            run.Failed++;
            return;
        }
        _waiting.Enqueue(message, (long)Math.Ceiling((next - Start) / Tick));
    }
}
