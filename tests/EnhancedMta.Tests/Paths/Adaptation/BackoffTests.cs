using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class BackoffTests
{
    private readonly AdaptedPath _path = new(NewRule());

    [Fact]
    public void A_path_without_a_session_is_left_alone_for_a_minute_doubling_to_thirty()
    {
        double[] minutes = [1, 2, 4, 8, 16, 30, 30, 30];
        foreach (var wait in minutes)
        {
            var move = Assert.Single(_path.NoSession());
            Assert.Equal((MoveCause.SessionFailures, "ConnectRefused", PathMode.Normal), (move.Cause, move.By, move.To));
            Assert.InRange((move.Until!.Value - _path.Now).TotalMinutes, wait, wait * 1.1);
            Assert.Equal((0, LimitReason.Backoff, move.Until), (_path.Limits.Connections, _path.Limits.Because, _path.Limits.Until));
            _path.Now = move.Until.Value;
            Assert.Equal((1, 60, LimitReason.Backoff), (_path.Limits.Connections, _path.Limits.MessagesPerHour, _path.Limits.Because));
        }
        // Forgotten at the first success.
        Assert.Equal(MoveCause.WorksAgain, Assert.Single(_path.Session()).Cause);
        Assert.Equal((10, 1_200, LimitReason.Rule), (_path.Limits.Connections, _path.Limits.MessagesPerHour, _path.Limits.Because));
        Assert.InRange((Assert.Single(_path.NoSession()).Until!.Value - _path.Now).TotalMinutes, 1, 1.1);
    }

    [Fact]
    public void Many_connections_that_fail_at_once_are_one_failure_also_when_told_late()
    {
        _path.NoSession();
        for (var i = 0; i < 20; i++)
            Assert.Empty(_path.NoSession(Start + TimeSpan.FromMilliseconds(i)));
        _path.Now += TimeSpan.FromMinutes(3);
        Assert.Empty(_path.NoSession(Start + TimeSpan.FromSeconds(1)));
        Assert.Equal(1, _path.Control.Backoff!.Failures);
    }

    [Fact]
    public void Time_decides_between_a_failure_and_a_session_in_one_report()
    {
        Assert.Empty(_path.Report(new PathReport { SessionFailures = new SessionFailures(3, Start, "ConnectTimeout", null), SessionWorkedAt = Start + TimeSpan.FromSeconds(1) }));
        Assert.Single(_path.Report(new PathReport { SessionFailures = new SessionFailures(3, Start, "ConnectTimeout", null), SessionWorkedAt = Start - TimeSpan.FromSeconds(1) }));
        // A session that was there before the failure is no recovery.
        Assert.Empty(_path.Report(new PathReport { SessionWorkedAt = Start - TimeSpan.FromSeconds(1) }));
        Assert.NotNull(_path.Control.Backoff);
    }

    [Fact]
    public void A_failure_told_very_late_is_not_believed()
    {
        Assert.Empty(_path.NoSession(Start - TimeSpan.FromMinutes(11)));
        Assert.Null(_path.Control.Backoff);
        Assert.Single(_path.NoSession(Start - TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public void A_path_that_puts_everything_off_is_left_alone_and_as_fast_as_before_when_it_works_again()
    {
        for (var i = 0; i < 12; i++)
        {
            _path.Answers(delivered: 100);
            _path.Now += TimeSpan.FromMinutes(5);
        }
        Assert.Empty(_path.Answers(deferred: 12));
        var move = Assert.Single(_path.Answers(deferred: 12));
        Assert.Equal((MoveCause.TakesNothing, "451 4.3.0 later", PathMode.Normal), (move.Cause, move.Sample, move.To));
        for (var wait = 0; wait < 8; wait++)
        {
            Assert.True(_path.Limits.IsHeld);
            _path.Now = _path.Control.Backoff!.Until;
            Assert.False(_path.Limits.IsHeld);
            // Sessions can be had, which is not enough.
            Assert.Equal(MoveCause.TakesNothing, Assert.Single(_path.Answers(deferred: 5)).Cause);
        }
        Assert.Equal(9, _path.Control.Backoff!.Failures);
        _path.Now = _path.Control.Backoff.Until;
        Assert.Equal(MoveCause.WorksAgain, Assert.Single(_path.Answers(delivered: 1)).Cause);
        Assert.Equal((PathMode.Normal, 1_200, 10), (_path.Mode, _path.Limits.MessagesPerHour, _path.Limits.Connections));
        _path.GoodHours(2);
        Assert.Equal(MoveCause.WorksAgain, _path.Moves[^1].Cause);
    }

    [Fact]
    public void Deferrals_among_other_answers_do_not_count_as_an_outage()
    {
        for (var i = 0; i < 50; i++)
            _path.Answers(delivered: 9, deferred: 1);
        Assert.Empty(_path.Moves);
    }

    [Fact]
    public void An_answer_from_before_an_outage_that_is_told_late_does_not_end_it()
    {
        _path.Now = Assert.Single(_path.Answers(deferred: 24)).Until!.Value;
        var late = new PathReport
        {
            At = _path.Now,
            Delivered = 1,
            AnsweredAt = Start - TimeSpan.FromMinutes(1),
            Deferred = new Answers(5, "451 4.3.0 later"),
            DeferredInRow = 5,
            SessionWorkedAt = _path.Now,
        };
        Assert.Equal(MoveCause.TakesNothing, Assert.Single(_path.Report(late)).Cause);
        Assert.Equal(2, _path.Control.Backoff!.Failures);
    }
}
