using System.Net;
using System.Net.Sockets;
using EnhancedMta.Sites;

namespace EnhancedMta.Smtp;

/// <summary>An address of one of a site's hosts.</summary>
/// <param name="Host">Who is to answer there.</param>
/// <param name="Address">Null when the host has none.</param>
/// <param name="Rank">Those of one rank may be tried side by side.</param>
internal sealed record Target(MxHost Host, IPEndPoint? Address, object Rank)
{
    /// <summary>Why there is none.</summary>
    public SessionFailedException? NoAddress { get; init; }
}

/// <summary>What became of a try to connect: a socket, or why there is none.</summary>
internal sealed record Connection(Target Target, Socket? Socket, SessionFailedException? Failure);

/// <summary>
/// Connects to one of several targets in their order: the next when the one before has failed, or when it has said nothing for a while and
/// the next is of its rank (RFC 8305 §5). The first connection ends the other tries, so that no server gets a session for nothing.
/// </summary>
/// <param name="targets">In the order of trying; asked for when it is the next one's turn.</param>
/// <param name="connect">Tries one; throws <see cref="SessionFailedException"/>.</param>
/// <param name="maxTries">So many are tried at most.</param>
/// <param name="time">Measures the head start.</param>
/// <param name="stop">Ends everything.</param>
internal sealed class ConnectionRace(
    IAsyncEnumerable<Target> targets, Func<Target, CancellationToken, Task<Socket>> connect, int maxTries, TimeProvider time, CancellationToken stop) : IAsyncDisposable
{
    /// <summary>
    /// The most that RFC 8305 §5 allows. Web browsers take an eighth of it; but here nobody watches, and a server that is far away or
    /// busy, and answers the second SYN, shall not be knocked at twice.
    /// </summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly List<Try> _running = [];
    private readonly Queue<Target> _again = [];
    private IAsyncEnumerator<Target>? _targets;
    private Task<Target?>? _next;
    private Task _headStart = Task.CompletedTask;
    private int _tries;

    /// <summary>Those that were given up when another was connected, and had said nothing until then.</summary>
    public IReadOnlyList<Target> Silent => [.. _again];

    /// <summary>The next connection or failure. To be called again when nothing came of a connection: what was given up for it gets another try, last.</summary>
    /// <returns>Null when all were tried.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task<Connection?> NextAsync()
    {
        while (true)
        {
            if (_running.Count == 0)
            {
                if ((await (_next ??= FindNextAsync()) ?? TakeAgain()) is not { } target)
                    return null;
                Begin(target);
                continue;
            }

            List<Task> awaited = [.. _running.Select(t => t.Socket)];
            if (_next is null)
                awaited.Add(_headStart);
            else if (!_next.IsCompleted)
                awaited.Add(_next);
            else if (await _next is { } next && next.Rank.Equals(_running[^1].Target.Rank))
            {
                Begin(next);
                continue;
            }
            var first = await Task.WhenAny(awaited);
            if (_running.Find(t => t.Socket == first) is { } ended)
                return await EndAsync(ended);
            // Not before: what need not be tried need not be looked up.
            if (first == _headStart)
                _next = FindNextAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GiveUpAsync();
        await _end.CancelAsync();
        if (_next is not null)
            await Task.WhenAny(_next);
        if (_targets is not null)
            await _targets.DisposeAsync();
        _end.Dispose();
    }

    private void Begin(Target target)
    {
        _next = null;
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        _running.Add(new Try(target, connect(target, cancellation.Token), cancellation));
        _headStart = Task.Delay(HeadStart, time, cancellation.Token);
    }

    private async Task<Connection> EndAsync(Try ended)
    {
        _running.Remove(ended);
        try
        {
            var socket = await ended.Socket;
            await GiveUpAsync();
            return new Connection(ended.Target, socket, null);
        }
        catch (SessionFailedException failure)
        {
            // The next one need not wait for what has failed.
            _headStart = Task.CompletedTask;
            return new Connection(ended.Target, null, failure);
        }
        finally
        {
            await ended.Cancellation.CancelAsync();
            ended.Cancellation.Dispose();
        }
    }

    private async Task GiveUpAsync()
    {
        foreach (var other in _running)
            await other.Cancellation.CancelAsync();
        foreach (var other in _running)
        {
            _again.Enqueue(other.Target);
            try
            {
                (await other.Socket).Dispose();
            }
            catch (Exception fault) when (fault is SessionFailedException or OperationCanceledException)
            {
                // As it should.
            }
            other.Cancellation.Dispose();
        }
        _running.Clear();
    }

    private async Task<Target?> FindNextAsync()
    {
        _targets ??= targets.GetAsyncEnumerator(_end.Token);
        return await _targets.MoveNextAsync() && MayTry(_targets.Current) ? _targets.Current : null;
    }

    private Target? TakeAgain() => _again.TryDequeue(out var target) && MayTry(target) ? target : null;

    // A host without an address costs no try.
    private bool MayTry(Target target) => target.Address is null || ++_tries <= maxTries;

    private sealed record Try(Target Target, Task<Socket> Socket, CancellationTokenSource Cancellation);
}
