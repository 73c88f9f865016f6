using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>Connections that may soon be another process's, and when a server counts one as ended.</summary>
public sealed class CutOffTests : IAsyncDisposable
{
    private readonly ScriptedSmtpServer _server = ScriptedSmtpServer.Start();
    private readonly TestPool _pool = Sending.Pool(new() { MaxConnectionsPerPath = 1, MaxMessagesPerConnection = 1 });
    private readonly ManualResetEventSlim _gate = new();

    private PathConnections Path => _pool.Path(Sending.Egress, Sending.Site(_server));

    public async ValueTask DisposeAsync()
    {
        _gate.Set();
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
        _gate.Dispose();
    }

    [Theory]
    [InlineData(SmtpPhase.Connect)]
    [InlineData(SmtpPhase.Ehlo)]
    [InlineData(SmtpPhase.Mail)]
    [InlineData(SmtpPhase.Data)]
    public async Task What_is_not_yet_out_is_cut_off_and_was_not_tried(SmtpPhase phase)
    {
        var isThere = false;
        _server.Script = step =>
        {
            if (step.Phase != phase)
                return null;
            isThere = true;
            return SmtpAct.Stall;
        };
        var sending = SendAsync();
        await Sending.UntilAsync(() => Volatile.Read(ref isThere));
        Path.Resize(0);
        Path.CutOff();
        Assert.Null(await sending);
        await Sending.UntilAsync(() => Path.Open == 0 && _server.OpenConnections == 0);
        Path.Resize(1);
        _server.Script = _ => null;
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync())!.Outcome);
    }

    [Fact]
    public async Task The_reply_to_a_message_that_is_out_is_awaited_whatever_happens()
    {
        var isOut = false;
        _server.Script = step => step.Phase == SmtpPhase.EndOfData ? AtGate(ref isOut) : null;
        var sending = SendAsync();
        await Sending.UntilAsync(() => Volatile.Read(ref isOut));
        Path.Resize(0);
        Path.CutOff();
        _gate.Set();
        Assert.Equal(AttemptOutcome.Accepted, (await sending)!.Outcome);
        await Sending.UntilAsync(() => Path.Open == 0);
    }

    [Fact]
    public async Task No_connection_is_opened_in_the_place_of_one_whose_goodbye_is_not_answered()
    {
        var saysGoodbye = false;
        _server.Script = step => step.Phase == SmtpPhase.Quit ? AtGate(ref saysGoodbye) : null;
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync())!.Outcome);
        var next = SendAsync();
        await Sending.UntilAsync(() => Volatile.Read(ref saysGoodbye));
        // A server that is busy may take that long, and counts two as soon as another comes.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(1, _server.Connections);
        _gate.Set();
        Assert.Equal(AttemptOutcome.Accepted, (await next)!.Outcome);
        Assert.Equal(2, _server.Connections);
    }

    [Fact]
    public async Task None_is_opened_for_a_message_that_may_not_go_any_more()
    {
        await using var pool = Sending.Pool(new() { MaxConnectionsPerPath = 1 });
        var (path, site) = (pool.Path(Sending.Egress, Sending.Site(_server)), Sending.Site(_server));
        Assert.Equal(AttemptOutcome.Accepted, (await pool.SendAsync(_server)).Outcome);
        var mayGo = true;
        _server.Script = step =>
        {
            if (step.Phase != SmtpPhase.Mail)
                return null;
            // The idle connection was old; meanwhile the leave to open another has ended.
            mayGo = false;
            return SmtpAct.Close;
        };
        Assert.Null(await pool.SendAsync(path, Sending.Egress, site, Sending.Mail(), TestContext.Current.CancellationToken, () => Volatile.Read(ref mayGo)));
        Assert.Equal((1, 0), (_server.Connections, path.Open));
    }

    private Task<AttemptResult?> SendAsync() => _pool.SendAsync(Path, Sending.Egress, Sending.Site(_server), Sending.Mail(), TestContext.Current.CancellationToken);

    private SmtpAct? AtGate(ref bool isThere)
    {
        Volatile.Write(ref isThere, true);
        _gate.Wait(TimeSpan.FromMinutes(1));
        return null;
    }
}
