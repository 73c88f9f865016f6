using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>How connections are shared, kept and given up.</summary>
public sealed class SmtpPoolTests : IAsyncDisposable
{
    private readonly ScriptedSmtpServer _server = ScriptedSmtpServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_connection_carries_many_messages()
    {
        await using var pool = Sending.Pool();
        for (var i = 0; i < 20; i++)
            Assert.Equal(AttemptOutcome.Accepted, (await pool.SendAsync(_server)).Outcome);
        Assert.Equal((1, 20), (_server.Connections, _server.Mails.Count));
        Assert.Equal((1, 1), (pool.OpenConnections, pool.IdleConnections));
    }

    [Fact]
    public async Task A_connection_is_left_after_its_share_of_messages()
    {
        await using var pool = Sending.Pool(new() { MaxMessagesPerConnection = 3 });
        for (var i = 0; i < 7; i++)
            await pool.SendAsync(_server);
        Assert.Equal(3, _server.Connections);
        await Sending.UntilAsync(() => _server.OpenConnections == 1 && _server.Commands.Count(command => command == "QUIT") == 2);
    }

    [Fact]
    public async Task A_path_has_no_more_connections_than_its_limit_and_all_messages_go()
    {
        var most = 0;
        _server.Script = _ =>
        {
            InterlockedMax(ref most, _server.OpenConnections);
            return null;
        };
        await using var pool = Sending.Pool(new() { MaxConnectionsPerPath = 3 });
        var results = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => pool.SendAsync(_server)));
        Assert.All(results, result => Assert.Equal(AttemptOutcome.Accepted, result.Outcome));
        Assert.Equal(60, _server.Mails.Count);
        Assert.InRange(most, 1, 3);
        Assert.InRange(_server.Connections, 1, 3);
    }

    [Fact]
    public async Task The_process_has_no_more_connections_than_its_limit_idle_ones_give_way()
    {
        await using var other = ScriptedSmtpServer.Start();
        await using var third = ScriptedSmtpServer.Start();
        await using var pool = Sending.Pool(new() { MaxConnections = 2 });
        await pool.SendAsync(_server);
        await pool.SendAsync(other);
        await pool.SendAsync(third);
        Assert.Equal(2, pool.OpenConnections);
        await Sending.UntilAsync(() => _server.OpenConnections == 0);
        Assert.Equal(1, other.OpenConnections);
    }

    [Fact]
    public async Task Egresses_do_not_share_connections()
    {
        await using var pool = Sending.Pool();
        await pool.SendAsync(_server);
        await pool.SendAsync(new Egress(2, "second.example.com", System.Net.IPAddress.Parse("127.0.0.2")), Sending.Site(_server), Sending.Mail(), default);
        Assert.Equal(2, _server.Connections);
        Assert.Contains("EHLO second.example.com", _server.Commands);
    }

    [Fact]
    public async Task Waiting_for_a_slot_can_be_cancelled()
    {
        _server.Script = step => step.Phase == SmtpPhase.Mail ? SmtpAct.Stall : null;
        await using var pool = Sending.Pool(new() { MaxConnectionsPerPath = 1 });
        using var cancellation = new CancellationTokenSource();
        var busy = pool.SendAsync(Sending.Egress, Sending.Site(_server), Sending.Mail(), cancellation.Token);
        await Sending.UntilAsync(() => _server.Commands.Any(command => command.StartsWith("MAIL", StringComparison.Ordinal)));
        using var impatience = new CancellationTokenSource();
        var waiting = pool.SendAsync(Sending.Egress, Sending.Site(_server), Sending.Mail(), impatience.Token);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => busy);
        _server.Script = _ => null;
        Assert.Equal(AttemptOutcome.Accepted, (await pool.SendAsync(_server)).Outcome);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_after_its_time()
    {
        var time = new FakeTimeProvider();
        await using var pool = Sending.Pool(time: time);
        await pool.SendAsync(_server);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, pool.IdleConnections);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, pool.IdleConnections);
        await Sending.UntilAsync(() => pool.OpenConnections == 0 && _server.OpenConnections == 0 && _server.Commands.Contains("QUIT"));
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_while_idle_costs_no_message()
    {
        await using var pool = Sending.Pool(new() { MaxConnectionsPerPath = 1 });
        for (var i = 0; i < 5; i++)
        {
            _server.Script = step => step.Phase == SmtpPhase.EndOfData ? SmtpAct.ReplyAndClose("250 2.0.0 Queued") : null;
            Assert.Equal(AttemptOutcome.Accepted, (await pool.SendAsync(_server)).Outcome);
        }
        Assert.Equal(5, _server.Mails.Count);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("421")]
    [InlineData("stall")]
    public async Task A_reused_connection_that_ends_at_mail_is_replaced_by_a_fresh_one(string end)
    {
        await using var pool = Sending.Pool(new() { Timeouts = new() { Command = TimeSpan.FromSeconds(2) } });
        Assert.Equal(AttemptOutcome.Accepted, (await pool.SendAsync(_server)).Outcome);
        _server.Script = step => step is { Phase: SmtpPhase.Mail, Connection: 1 }
            ? end switch { "close" => SmtpAct.Close, "421" => SmtpAct.ReplyAndClose("421 4.4.2 Timeout"), _ => SmtpAct.Stall }
            : null;
        Assert.Equal(AttemptOutcome.Accepted, (await pool.SendAsync(_server)).Outcome);
        Assert.Equal((2, 2), (_server.Connections, _server.Mails.Count));
    }

    [Fact]
    public async Task A_fresh_connection_that_ends_at_mail_is_not_tried_again()
    {
        await using var pool = Sending.Pool();
        _server.Script = step => step.Phase == SmtpPhase.Mail ? SmtpAct.Close : null;
        Assert.Equal(AttemptOutcome.NoSession, (await pool.SendAsync(_server)).Outcome);
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task Nothing_is_sent_twice_when_a_reused_connection_ends_after_the_data()
    {
        await using var pool = Sending.Pool();
        await pool.SendAsync(_server);
        _server.Script = step => step.Phase == SmtpPhase.EndOfData ? SmtpAct.TakeAndClose : null;
        Assert.Equal(AttemptOutcome.InDoubt, (await pool.SendAsync(_server)).Outcome);
        Assert.Equal((1, 2), (_server.Connections, _server.Mails.Count));
    }

    [Fact]
    public async Task Closing_the_pool_says_goodbye()
    {
        var pool = Sending.Pool();
        await pool.SendAsync(_server);
        await pool.DisposeAsync();
        Assert.Equal("QUIT", _server.Commands[^1]);
        Assert.Equal(0, pool.OpenConnections);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.SendAsync(_server));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
