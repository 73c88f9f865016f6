using System.Globalization;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>A Postfix of our own, apart from the machine's: its folders below one temporary folder, its port on loopback.</summary>
internal sealed class Postfix : IRunningPeer
{
    private static readonly string[] Queues = ["maildrop", "incoming", "active", "deferred"];

    private readonly string _program;
    private readonly PostfixConfiguration _configuration;
    private readonly OpenDkim _signer;
    private int _masterId;
    private bool _isStopped;

    private Postfix(string program, PostfixConfiguration configuration, OpenDkim signer) => (_program, _configuration, _signer) = (program, configuration, signer);

    public int Port => _configuration.Port;

    public string LastWords => _configuration.LogEnd();

    /// <param name="folder">For all of it.</param>
    /// <param name="signer">That it asks for each message; disposed with it.</param>
    /// <param name="sinkPort">All mail goes there.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message has the end of its log.</exception>
    public static async Task<Postfix> StartAsync(WorkFolder folder, OpenDkim signer, int sinkPort, CancellationToken cancellationToken)
    {
        var configuration = PostfixConfiguration.Write(folder, Ports.Free(), signer.Port, sinkPort);
        var postfix = new Postfix(Installed.Require("postfix", "postfix"), configuration, signer);
        try
        {
            await postfix.CommandAsync("start", cancellationToken);
            await Ports.WaitAsync(configuration.Port, null, cancellationToken);
            // Postfix holds a lock on this file as a sign of life, and .NET opens no file that another has locked.
            var id = await ChildProcess.RunAsync("cat", [Path.Combine(configuration.QueueFolder, "pid", "master.pid")], configuration.Folder, cancellationToken);
            postfix._masterId = int.Parse(id.Trim(), CultureInfo.InvariantCulture);
            return postfix;
        }
        catch (Exception e)
        {
            await postfix.DisposeAsync();
            throw e is InvalidOperationException ? new InvalidOperationException($"{e.Message}\n{configuration.LogEnd()}", e) : e;
        }
    }

    // Its master waits for each of its processes, so that theirs is found in its own.
    public double CpuSeconds(int sinkId) => ProcessUse.TreeCpuSeconds(_masterId) + ProcessUse.CpuSeconds(_signer.ProcessId);

    public double? PeakMemoryMB() => null;

    public IEnumerable<string> Queued() =>
        Queues.SelectMany(queue => Directory.EnumerateFiles(Path.Combine(_configuration.QueueFolder, queue), "*", SearchOption.AllDirectories));

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
        await _signer.DisposeAsync();
    }

    private Task<string> CommandAsync(string command, CancellationToken cancellationToken) =>
        ChildProcess.RunAsync(_program, ["-c", _configuration.Folder, command], _configuration.Folder, cancellationToken);
}
