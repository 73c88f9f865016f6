using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Smtp;

public sealed class ConnectionRaceTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _tried = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Socket>> _answers = [];
    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task The_first_that_answers_is_the_only_one_tried()
    {
        await using var race = Race("a1 a2 b1");
        var next = race.NextAsync();
        Answer("a1");
        Assert.Equal("a1", Name(await next));
        Assert.Equal(["a1"], _tried);
        Assert.Empty(race.Silent);
    }

    [Fact]
    public async Task Silence_gives_the_next_of_its_rank_a_try_after_the_head_start()
    {
        await using var race = Race("a1 a2 a3 b1");
        var next = race.NextAsync();
        _time.Advance(ConnectionRace.HeadStart - TimeSpan.FromMilliseconds(1));
        Assert.Equal(["a1"], _tried);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await TriedAsync("a1 a2");
        _time.Advance(ConnectionRace.HeadStart);
        await TriedAsync("a1 a2 a3");
        Assert.False(next.IsCompleted);

        Answer("a2");
        Assert.Equal("a2", Name(await next));
        Assert.Equal(["a1", "a3"], race.Silent.Select(target => target.Host.Name));
        Assert.True(_answers["a1"].Task.IsCanceled);
        Assert.True(_answers["a3"].Task.IsCanceled);
    }

    [Fact]
    public async Task A_worse_rank_waits_until_all_better_ones_have_failed()
    {
        await using var race = Race("a1 a2 b1");
        var next = race.NextAsync();
        _time.Advance(ConnectionRace.HeadStart);
        await TriedAsync("a1 a2");
        _time.Advance(TimeSpan.FromMinutes(1));
        Fail("a1");
        Assert.Equal("a1", Name(await next));
        next = race.NextAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["a1", "a2"], _tried);
        Fail("a2");
        Assert.Equal(LocalError.ConnectRefused, (await next)!.Failure!.Error);
        next = race.NextAsync();
        await TriedAsync("a1 a2 b1");
        Answer("b1");
        Assert.Equal("b1", Name(await next));
        Assert.Null(await race.NextAsync());
    }

    [Fact]
    public async Task A_failure_gives_the_next_a_try_at_once_while_others_are_still_awaited()
    {
        await using var race = Race("a1 a2 a3");
        var next = race.NextAsync();
        _time.Advance(ConnectionRace.HeadStart);
        await TriedAsync("a1 a2");
        Fail("a2");
        await next;
        next = race.NextAsync();
        await TriedAsync("a1 a2 a3");
        Answer("a1");
        Assert.Equal("a1", Name(await next));
    }

    [Fact]
    public async Task When_nothing_came_of_a_connection_the_silent_one_gets_another_try_last()
    {
        await using var race = Race("a1 a2 b1");
        var next = race.NextAsync();
        _time.Advance(ConnectionRace.HeadStart);
        await TriedAsync("a1 a2");
        Answer("a2");
        await next;
        next = race.NextAsync();
        await TriedAsync("a1 a2 b1");
        Fail("b1");
        await next;
        next = race.NextAsync();
        await TriedAsync("a1 a2 b1 a1");
        Answer("a1");
        Assert.Equal("a1", Name(await next));
        Assert.Null(await race.NextAsync());
    }

    [Fact]
    public async Task A_connection_that_comes_while_another_is_taken_is_closed()
    {
        await using var race = Race("a1 a2", isDeaf: true);
        var next = race.NextAsync();
        _time.Advance(ConnectionRace.HeadStart);
        await TriedAsync("a1 a2");
        Answer("a1");
        Answer("a2");
        var taken = (await next)!.Socket;
        var other = Assert.Single(_sockets, socket => socket != taken);
        Assert.True(other.SafeHandle.IsClosed);
        Assert.False(taken!.SafeHandle.IsClosed);
    }

    [Fact]
    public async Task Tries_are_counted_and_hosts_without_address_are_not()
    {
        await using var race = Race("x a1 a2 a3", maxTries: 2);
        Assert.Equal(LocalError.NoMailHost, (await race.NextAsync())!.Failure!.Error);
        foreach (var name in new[] { "a1", "a2" })
        {
            var next = race.NextAsync();
            Fail(name);
            Assert.Equal(name, Name(await next));
        }
        Assert.Null(await race.NextAsync());
    }

    [Fact]
    public async Task Stopped_it_ends_every_try()
    {
        await using var race = Race("a1 a2");
        var next = race.NextAsync();
        _time.Advance(ConnectionRace.HeadStart);
        await TriedAsync("a1 a2");
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.All(_answers.Values, answer => Assert.True(answer.Task.IsCanceled));
    }

    // Names of the form rank and number; x has no address.
    private ConnectionRace Race(string names, int maxTries = 10, bool isDeaf = false) => new(Targets(names.Split(' ')), (target, stop) =>
    {
        if (target.Address is null)
            return Task.FromException<Socket>(target.NoAddress!);
        var answer = _answers[target.Host.Name] = new();
        _tried.Enqueue(target.Host.Name);
        if (!isDeaf)
            stop.UnsafeRegister(_ => answer.TrySetCanceled(stop), null);
        return answer.Task;
    }, maxTries, _time, _stop.Token);

    private static async IAsyncEnumerable<Target> Targets(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            await Task.CompletedTask;
            yield return new Target(new MxHost(name, 0, 25), name == "x" ? null : new IPEndPoint(IPAddress.Loopback, 25), name[0])
            {
                NoAddress = new SessionFailedException(LocalError.NoMailHost, null, "none"),
            };
        }
    }

    private void Answer(string name)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        _answers[name].SetResult(socket);
    }

    private void Fail(string name) => _answers[name].SetException(new SessionFailedException(LocalError.ConnectRefused, null, "refused"));

    private static string Name(Connection? connection) => connection!.Target.Host.Name;

    // Continuations of the clock may run on other threads.
    private async Task TriedAsync(string names)
    {
        for (var i = 0; i < 1000 && string.Join(' ', _tried) != names; i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(names, string.Join(' ', _tried));
    }
}
