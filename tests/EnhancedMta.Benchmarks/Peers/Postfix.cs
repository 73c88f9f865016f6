using System.Globalization;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>A Postfix of our own, apart from the machine's: its folders below one temporary folder, its port on loopback.</summary>
internal sealed class Postfix : IAsyncDisposable
{
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(1);
    private static readonly string[] Queues = ["maildrop", "incoming", "active", "deferred"];

    private readonly string _program;
    private readonly PostfixConfiguration _configuration;
    private bool _isStopped;

    private Postfix(string program, PostfixConfiguration configuration) => (_program, _configuration) = (program, configuration);

    public int Port => _configuration.Port;

    /// <summary>Of the process that all others descend from.</summary>
    public int MasterId { get; private set; }

    /// <exception cref="InvalidOperationException">It does not start; the message has the end of its log.</exception>
    public static async Task<Postfix> StartAsync(WorkFolder folder, int milterPort, int sinkPort, CancellationToken cancellationToken)
    {
        var configuration = PostfixConfiguration.Write(folder, Ports.Free(), milterPort, sinkPort);
        var postfix = new Postfix(Installed.Require("postfix", "postfix"), configuration);
        try
        {
            await postfix.CommandAsync("start", cancellationToken);
            await Ports.WaitAsync(configuration.Port, null, cancellationToken);
            // Postfix holds a lock on this file as a sign of life, and .NET opens no file that another has locked.
            var id = await ChildProcess.RunAsync("cat", [Path.Combine(configuration.QueueFolder, "pid", "master.pid")], configuration.Folder, cancellationToken);
            postfix.MasterId = int.Parse(id.Trim(), CultureInfo.InvariantCulture);
            return postfix;
        }
        catch (Exception e)
        {
            await postfix.DisposeAsync();
            throw e is InvalidOperationException ? new InvalidOperationException($"{e.Message}\n{configuration.LogEnd()}", e) : e;
        }
    }

    /// <summary>Until each message that was accepted has left the queue.</summary>
    /// <exception cref="InvalidOperationException">Messages stay there.</exception>
    public async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        var limit = DateTime.MaxValue;
        for (var last = int.MaxValue; ;)
        {
            if (!Queued().Any())
                return;
            var count = Queued().Count();
            if (count < last)
                (last, limit) = (count, DateTime.Now + StallLimit);
            else if (DateTime.Now > limit)
                throw new InvalidOperationException($"Postfix keeps {count} messages.\n{_configuration.LogEnd()}");
            await Task.Delay(count > 1_000 ? 200 : 20, cancellationToken);
        }
    }

    public async Task StopAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await CommandAsync("stop", CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // It never ran.
        }
    }

    private Task<string> CommandAsync(string command, CancellationToken cancellationToken) =>
        ChildProcess.RunAsync(_program, ["-c", _configuration.Folder, command], _configuration.Folder, cancellationToken);

    private IEnumerable<string> Queued() =>
        Queues.SelectMany(queue => Directory.EnumerateFiles(Path.Combine(_configuration.QueueFolder, queue), "*", SearchOption.AllDirectories));
}
