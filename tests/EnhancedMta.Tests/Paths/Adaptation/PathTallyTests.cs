using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class PathTallyTests
{
    private readonly PathTally _tally = new();
    private readonly ReplyTrigger _trigger = Trigger("t", TriggerAction.Rate);

    [Fact]
    public void What_was_met_is_told_once()
    {
        _tally.Answered(PathOutcome.Delivered, null, [], Start);
        _tally.Answered(PathOutcome.Throttled, "421 4.7.0 [t] slow down", [_trigger], Start + TimeSpan.FromSeconds(1));
        _tally.Answered(PathOutcome.Deferred, "451 later", [], Start + TimeSpan.FromSeconds(2));
        _tally.Complained();
        Assert.True(_tally.IsUrgent);

        var report = _tally.Take();

        Assert.Equal((1, 1, 1, 1, 1), (report.Delivered, report.Throttled.Count, report.Deferred.Count, report.DeferredInRow, report.Complaints));
        Assert.Equal(new TriggerHits("t", 1, Start + TimeSpan.FromSeconds(1), "421 4.7.0 [t] slow down"), Assert.Single(report.Triggers));
        Assert.Equal((Start + TimeSpan.FromSeconds(2), Start + TimeSpan.FromSeconds(1)), (report.At, report.AnsweredAt));
        Assert.True(_tally.Take().IsEmpty);
        Assert.False(_tally.IsUrgent);
    }

    [Theory]
    [InlineData(PathOutcome.Delivered, 1, 0, 0, 0, 0)]
    [InlineData(PathOutcome.AddressOnly, 0, 1, 0, 0, 0)]
    [InlineData(PathOutcome.Deferred, 0, 0, 1, 0, 0)]
    [InlineData(PathOutcome.Throttled, 0, 0, 0, 1, 0)]
    [InlineData(PathOutcome.Blocked, 0, 0, 0, 0, 1)]
    public void An_answer_counts_as_what_it_is_and_alone_is_not_urgent(PathOutcome outcome, int delivered, int addressOnly, int deferred, int throttled, int blocked)
    {
        _tally.Answered(outcome, "words", [], Start);
        Assert.False(_tally.IsUrgent);
        var report = _tally.Take();
        Assert.Equal((delivered, addressOnly, deferred, throttled, blocked), (report.Delivered, report.AddressOnly, report.Deferred.Count, report.Throttled.Count, report.Blocked.Count));
        Assert.Equal((Start, deferred > 0 ? null : Start), (report.SessionWorkedAt, report.AnsweredAt));
    }

    /// <summary>What is well is told with the next report that is due anyway, unless it is much.</summary>
    [Fact]
    public void Objections_and_two_hundred_answers_are_worth_a_report_of_their_own()
    {
        Assert.False(_tally.Has(objections: false));
        for (var i = 0; i < 199; i++)
            _tally.Answered(PathOutcome.Delivered, null, [], Start);
        Assert.Equal((true, false), (_tally.Has(objections: false), _tally.Has(objections: true)));
        _tally.Answered(PathOutcome.Delivered, null, [], Start);
        Assert.True(_tally.Has(objections: true));

        PathOutcome[] bad = [PathOutcome.Deferred, PathOutcome.Throttled, PathOutcome.Blocked];
        foreach (var (one, other) in bad.SelectMany(one => bad.Select(other => (one, other))))
        {
            _tally.Take();
            _tally.Answered(one, null, [], Start);
            Assert.True(_tally.Has(objections: true));
            _tally.Complained();
            Assert.True(_tally.Has(objections: true));
            _tally.Take();
            _tally.Answered(one, null, [], Start);
            _tally.Answered(other, null, [], Start);
            Assert.True(_tally.Has(objections: true));
        }
        _tally.Take();
        _tally.Complained();
        Assert.True(_tally.Has(objections: true));
    }

    [Fact]
    public void A_session_that_works_is_told_and_two_failures_are_as_urgent_as_one()
    {
        _tally.SessionWorked(Start);
        Assert.Equal((false, Start), (_tally.IsUrgent, _tally.Take().SessionWorkedAt));
        _tally.SessionFailed("ConnectRefused", null, [], Start);
        _tally.SessionFailed("ConnectRefused", null, [], Start);
        Assert.Equal((true, 2), (_tally.IsUrgent, _tally.Take().SessionFailures!.Count));
    }

    [Fact]
    public void What_could_not_be_reported_is_told_with_the_next()
    {
        _tally.Answered(PathOutcome.Delivered, null, [], Start);
        var unreported = _tally.Take();
        _tally.Answered(PathOutcome.Delivered, null, [], Start + TimeSpan.FromMinutes(1));
        _tally.PutBack(unreported);
        Assert.Equal((2, Start + TimeSpan.FromMinutes(1)), (_tally.Take() is var report ? report.Delivered : 0, report.At));
    }

    [Fact]
    public void A_greeting_that_a_trigger_knows_is_no_path_that_is_down()
    {
        _tally.SessionFailed(null, "421 4.7.0 [t] slow down", [_trigger], Start);
        Assert.True(_tally.IsUrgent);
        var report = _tally.Take();
        Assert.Null(report.SessionFailures);
        Assert.Single(report.Triggers);

        _tally.SessionFailed("ConnectRefused", null, [], Start);
        Assert.Equal(new SessionFailures(1, Start, "ConnectRefused", null), _tally.Take().SessionFailures);
    }

    [Fact]
    public void A_deferral_that_a_trigger_knows_is_no_outage()
    {
        for (var i = 0; i < 50; i++)
            _tally.Answered(PathOutcome.Deferred, "421 4.7.0 [t] slow down", [_trigger], Start);
        Assert.Equal((50, 0), (_tally.Take() is var report ? report.Deferred.Count : 0, report.DeferredInRow));
    }

    [Fact]
    public async Task Nothing_is_lost_between_threads()
    {
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                _tally.Answered(PathOutcome.Delivered, null, [], Start);
                if (i % 100 == 0)
                    Interlocked.Add(ref taken, _tally.Take().Delivered);
            }
        })));
        Assert.Equal(4_000, taken + _tally.Take().Delivered);
    }

    [Fact]
    public void Samples_are_cut_and_the_fattest_state_stays_below_8_KB()
    {
        // A reply as long as we read them, of letters that need two code units.
        var words = "421 4.7.0 " + string.Concat(Enumerable.Repeat("😀", 500));
        ReplyTrigger[] triggers = [.. Enumerable.Range(0, 60).Select(i => Trigger($"trigger-with-a-rather-long-name-number-{i}", TriggerAction.Rate, count: 1_000))];
        var path = new AdaptedPath(NewRule(100_000, 10, [.. triggers, Trigger("c", TriggerAction.Connections), Trigger("m", TriggerAction.MessagesPerConnection), Trigger("s", TriggerAction.Suspend)]));
        for (var minute = 0; minute < 60; minute++)
        {
            path.Now += TimeSpan.FromMinutes(1);
            foreach (var trigger in triggers)
                _tally.Answered(PathOutcome.Throttled, words, [trigger], path.Now);
            for (var i = 0; i < 1_000; i++)
                _tally.Answered(PathOutcome.Delivered, null, [], path.Now);
            _tally.SessionFailed("ConnectTimeout", words, [], path.Now + TimeSpan.FromSeconds(1));
            path.Report(_tally.Take());
        }
        path.Hit("c");
        path.Hit("m");
        path.Hit("s");
        path.Take(OperatorActions.Suspend(path.Control, path.Rule, path.Now + TimeSpan.FromHours(1), words, path.Now));
        path.Take(OperatorActions.Override(path.Control, path.Rule, new OperatorOverride(10, 10, 10, path.Now + TimeSpan.FromHours(1), words), path.Now));

        Assert.All(path.Moves, m => Assert.True(m.Sample is null || (m.Sample.Length <= 512 && !char.IsHighSurrogate(m.Sample[^1]))));
        var json = path.Control.ToJson();
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(json) < 8 * 1024, $"{System.Text.Encoding.UTF8.GetByteCount(json)}: {json}");
    }
}
