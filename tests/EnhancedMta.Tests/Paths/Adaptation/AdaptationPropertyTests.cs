using CsCheck;
using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class AdaptationPropertyTests
{
    private static readonly ReplyTrigger[] Triggers =
    [
        Trigger("rate", TriggerAction.Rate, count: 2), Trigger("low", TriggerAction.Rate, 30, false, minutes: 90), Trigger("connections", TriggerAction.Connections, count: 3),
        Trigger("one", TriggerAction.Connections, 1, false), Trigger("few", TriggerAction.MessagesPerConnection, 0.3), Trigger("stop", TriggerAction.Suspend, 0, false, count: 5, minutes: 120),
    ];

    private static readonly Gen<MxRule> Rules = Gen.Select(
        Gen.Int[1, 30], Gen.OneOf(Gen.Int[1, 200], Gen.Int[1_000, 100_000]), Gen.Bool, Gen.Int[1, 500], Gen.Int[1, 300],
        (connections, perHour, limited, perConnection, minPerHour) => NewRule(limited ? perHour : null, connections, Triggers) with
        {
            MaxMessagesPerConnection = perConnection,
            MinMessagesPerHour = minPerHour,
            MinConnections = 1 + connections / 4,
        });

    /// <summary>Minutes that pass, and what is met then, in any mixture.</summary>
    private static readonly Gen<(int Minutes, Func<DateTimeOffset, PathReport> Report)> Events = Gen.Select(
        Gen.OneOf(Gen.Const(0), Gen.Int[0, 15], Gen.Int[0, 300]), Gen.Int[0, 5], Gen.Int[0, 2_000], Gen.Int[0, 60], Gen.Int[0, Triggers.Length], Gen.Int[1, 25], Gen.Int[0, 700],
        (minutes, kind, delivered, bad, trigger, hits, lateSeconds) => (minutes, (Func<DateTimeOffset, PathReport>)(now =>
        {
            var at = now - TimeSpan.FromSeconds(lateSeconds);
            return kind switch
            {
                0 => PathReport.Empty,
                1 => new PathReport { SessionFailures = new SessionFailures(hits, at, "ConnectTimeout", null) },
                2 => new PathReport { At = at, Deferred = new Answers(bad, "451 later"), DeferredInRow = bad, SessionWorkedAt = at },
                _ => new PathReport
                {
                    At = at,
                    Delivered = delivered,
                    Throttled = kind == 3 ? new Answers(bad, "451 fast") : default,
                    Blocked = kind == 4 ? new Answers(bad, "554 spam") : default,
                    Complaints = kind == 5 ? bad / 10 : 0,
                    AnsweredAt = at,
                    SessionWorkedAt = at,
                    Triggers = trigger < Triggers.Length ? [new TriggerHits(Triggers[trigger].Id, hits, at, "421 slow")] : [],
                },
            };
        })));

    private static readonly Gen<(MxRule Rule, (int Minutes, Func<DateTimeOffset, PathReport> Report)[] Events)> Histories = Gen.Select(Rules, Events.Array[0, 60]);

    private static AdaptedPath Live(MxRule rule, (int Minutes, Func<DateTimeOffset, PathReport> Report)[] events, Action<AdaptedPath, PathControl, IReadOnlyList<PathMove>>? after = null)
    {
        var path = new AdaptedPath(rule);
        foreach (var (minutes, report) in events)
        {
            path.Now += TimeSpan.FromMinutes(minutes);
            var before = path.Control;
            after?.Invoke(path, before, path.Report(report(path.Now)));
            if (after is null)
                path.Report(PathReport.Empty);
        }
        return path;
    }

    [Fact]
    public void Ceilings_stay_inside_the_rules_bounds_and_a_suspended_path_lets_nothing_through() => Histories.Sample(h => Live(h.Rule, h.Events, (path, _, _) =>
    {
        var ceilings = PathLimits.CeilingsOf(path.Control, path.Rule, path.Now);
        Assert.InRange(ceilings.Connections, Math.Min(path.Rule.MinConnections, path.Rule.MaxConnections), path.Rule.MaxConnections);
        Assert.InRange(ceilings.MessagesPerConnection, 1, path.Rule.MaxMessagesPerConnection);
        if (path.Rule.MessagesPerHour is { } most)
            Assert.InRange(ceilings.MessagesPerHour!.Value, Math.Min(most, path.Rule.MinMessagesPerHour), most);
        else if (ceilings.MessagesPerHour is { } some)
            Assert.InRange(some, path.Rule.MinMessagesPerHour, int.MaxValue);
        Assert.Equal(path.Mode == PathMode.Suspended || path.Control.Backoff?.Until > path.Now, path.Limits.IsHeld);
        if (path.Limits.IsHeld)
            Assert.Equal((0, 0), (path.Limits.Connections, path.Limits.MessagesPerHour));
        Assert.Equal(path.Mode is PathMode.Reduced, path.Control.HasCeilings && path.Mode is not (PathMode.Suspended or PathMode.Probing));
    }));

    [Fact]
    public void Nothing_goes_up_twice_within_an_hour() => Histories.Sample(h =>
    {
        var path = Live(h.Rule, h.Events, (_, _, _) => { });
        var raises = path.Moves.Where(m => IsUp(m.Connections) || IsUp(m.MessagesPerHour) || IsUp(m.MessagesPerConnection)).Select(m => m.At).ToList();
        for (var i = 1; i < raises.Count; i++)
            Assert.True(raises[i] - raises[i - 1] >= TimeSpan.FromHours(1), $"{raises[i - 1]}, {raises[i]}");

        static bool IsUp(CeilingChange? change) => change is not null && change.From is { } from && (change.To is null || change.To > from);
    });

    [Fact]
    public void After_any_history_three_good_days_make_the_path_normal_again() => Histories.Sample(
        h =>
        {
            var busy = Live(h.Rule, h.Events, (_, _, _) => { });
            busy.GoodHours(72);
            Assert.Equal(PathMode.Normal, busy.Mode);
            Assert.Equal(PathLimits.Of(PathControl.Initial, busy.Rule, busy.Now), busy.Limits);
        },
        iter: 30);

    [Fact]
    public void An_idle_path_is_normal_again_too_once_a_probe_got_through() => Histories.Sample(h =>
    {
        var idle = Live(h.Rule, h.Events, (_, _, _) => { });
        // What was not judged during an outage may suspend it again, and so may complaints, which are judged once there is enough to compare them with.
        for (var probe = 0; probe < 6; probe++)
        {
            idle.Pass(TimeSpan.FromHours(5));
            idle.Answers(delivered: 10);
        }
        idle.Pass(TimeSpan.FromDays(4));
        Assert.Equal(PathMode.Normal, idle.Mode);
    });

    [Fact]
    public void Looking_again_changes_nothing() => Histories.Sample(h => Live(h.Rule, h.Events, (path, _, _) =>
    {
        var again = new PathController(new Random(2)).Next(path.Control, PathReport.Empty, path.Rule, path.Now);
        var thrice = new PathController(new Random(3)).Next(again.Control, PathReport.Empty, path.Rule, path.Now);
        Assert.Empty(again.Moves);
        Assert.Empty(thrice.Moves);
        Assert.Equal(again.Control.ToJson(), thrice.Control.ToJson());
    }));

    [Fact]
    public void The_state_survives_storage_and_stays_small() => Histories.Sample(h => Live(h.Rule, h.Events, (path, _, moves) =>
    {
        var json = path.Control.ToJson();
        Assert.True(json.Length < 8_000, json);
        var read = PathControl.Read(json)!;
        Assert.Equal(json, read.ToJson());
        Assert.Equal(path.Limits, PathLimits.Of(read, path.Rule, path.Now));
        foreach (var move in moves)
            Assert.Equal(move, PathMove.Read(move.ToJson()));
    }));

    /// <summary>Counts always; decisions when they are made by words, which are counted, and not by shares, which are reckoned of what is there at the time.</summary>
    [Fact]
    public void Two_reports_merged_are_as_two_reports() => Gen.Select(Histories, Events, Events).Sample((h, a, b) =>
    {
        var path = Live(h.Rule, h.Events, (_, _, _) => { });
        var (first, second) = (a.Report(path.Now), b.Report(path.Now));
        var merged = new PathController(new Random(0)).Next(path.Control, (first with { At = path.Now }).Merge(second with { At = path.Now }), path.Rule, path.Now).Control;
        var apart = new PathController(new Random(0)).Next(
            new PathController(new Random(0)).Next(path.Control, first with { At = path.Now }, path.Rule, path.Now).Control, second with { At = path.Now }, path.Rule, path.Now).Control;
        Assert.Equal(merged.Traffic, apart.Traffic);
        Assert.Equal(merged.BestHour, apart.BestHour);

        path.Report(PathReport.Empty);
        if (path.Mode == PathMode.Probing)
            return;
        var (words, more) = (Words(first), Words(second));
        merged = new PathController(new Random(0)).Next(path.Control, words.Merge(more), path.Rule, path.Now).Control;
        apart = new PathController(new Random(0)).Next(new PathController(new Random(0)).Next(path.Control, words, path.Rule, path.Now).Control, more, path.Rule, path.Now).Control;
        Assert.Equal(merged.Mode, apart.Mode);
        Assert.Equal(PathLimits.Of(merged, path.Rule, path.Now) with { Until = null }, PathLimits.Of(apart, path.Rule, path.Now) with { Until = null });
        Assert.Equal(PathLimits.CeilingsOf(merged, path.Rule, path.Now), PathLimits.CeilingsOf(apart, path.Rule, path.Now));

        // Of one moment.
        PathReport Words(PathReport report) => new() { Triggers = [.. report.Triggers.Select(t => t with { At = path.Now })] };
    });

    [Fact]
    public void Nothing_readable_is_a_path_without_history()
    {
        Assert.Null(PathControl.Read(null));
        Assert.Null(PathControl.Read(""));
        Assert.Null(PathControl.Read("{"));
        Assert.Null(PathControl.Read("[]"));
        Assert.Equal("{\"traffic\":[],\"complaints\":{},\"triggers\":[]}", PathControl.Initial.ToJson().Replace("\"from\":\"0001-01-01T00:00:00+00:00\"", "", StringComparison.Ordinal));
    }
}
