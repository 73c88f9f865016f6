using System.Globalization;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Sinks;

/// <summary>
/// Postfix's smtp-sink on loopback: the recipients' server. It keeps each message as a file, which costs it about 0.05 ms for 10 KB
/// in memory, for either side alike. (Its shared dump file, -D, is a brake: each message waits for a lock.)
/// </summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private const int Backlog = 1000;

    private readonly WorkFolder _folder;
    private readonly string _dump;
    private readonly ChildProcess _process;

    private SmtpSink(WorkFolder folder, string dump, int port, ChildProcess process) => (_folder, _dump, Port, _process) = (folder, dump, port, process);

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>Messages that it has begun to keep.</summary>
    public int Taken => Directory.EnumerateFiles(_dump).Count();

    /// <param name="octets">About how much mail will come.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="InvalidOperationException">smtp-sink is not installed or does not start.</exception>
    public static async Task<SmtpSink> StartAsync(long octets, CancellationToken cancellationToken)
    {
        var program = Installed.Require("smtp-sink", "postfix");
        var folder = WorkFolder.CreateInMemory(octets);
        ChildProcess? process = null;
        try
        {
            var dump = folder.CreateOpen("dump");
            var port = Ports.Free();
            List<string> arguments = ["-d", Path.Combine(dump, "m."), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), Backlog.ToString(CultureInfo.InvariantCulture)];
            // It refuses to work with root's privileges.
            if (Environment.IsPrivilegedProcess)
                arguments.InsertRange(0, ["-u", "nobody"]);
            process = ChildProcess.Start(program, arguments, folder.Path);
            await Ports.WaitAsync(port, process, cancellationToken);
            return new SmtpSink(folder, dump, port, process);
        }
        catch
        {
            if (process is not null)
                await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops it and looks at all it got. Its clients should have hung up before.</summary>
    /// <param name="publicKey">That the messages are signed with, base64 of SubjectPublicKeyInfo.</param>
    public async Task<SinkDump> StopAsync(string publicKey)
    {
        await _process.StopAsync();
        return SinkDump.Read(_dump, publicKey);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
