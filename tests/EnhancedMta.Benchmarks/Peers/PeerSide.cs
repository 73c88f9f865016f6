using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Benchmarks.Sinks;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>The other side: a peer, fed by Postfix's smtp-source.</summary>
internal static class PeerSide
{
    // With few sessions smtp-source sleeps more than it sends: Nagle's algorithm and delayed acknowledgements hold up each message.
    private const int Sessions = 150;
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(1);

    /// <exception cref="InvalidOperationException">It does not start, or does not deliver.</exception>
    public static async Task<SideResult> RunAsync(IPeer peer, RelayOptions options, RSA key, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync($"{peer.Label}: starting ...");
        using var folder = WorkFolder.Create();
        await using var sink = await SmtpSink.StartAsync((long)(options.Messages + RelayOptions.WarmUp) * options.Size, cancellationToken);
        await using var running = await peer.StartAsync(folder, key, sink.Port, cancellationToken);
        var letter = WriteLetter(folder, options.Size);

        await RelayAsync(RelayOptions.WarmUp);

        await Console.Error.WriteLineAsync($"{peer.Label}: relaying {options.Messages:N0} messages ...");
        var cpu = running.CpuSeconds(sink.ProcessId);
        var (accept, all) = await RelayAsync(options.Messages);
        cpu = running.CpuSeconds(sink.ProcessId) - cpu;
        var memory = running.PeakMemoryMB();

        await running.StopAsync();
        await Console.Error.WriteLineAsync($"{peer.Label}: looking at what the sink got ...");
        var dump = await sink.StopAsync(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
        return new SideResult(peer.Label, options.Messages, accept, all, cpu, null, memory, null, dump, RelayOptions.WarmUp);

        async Task<(double Accept, double All)> RelayAsync(int count)
        {
            var watch = Stopwatch.StartNew();
            await ChildProcess.RunAsync(Installed.Require("smtp-source", "postfix"), Arguments(letter, running.Port, count), folder.Path, cancellationToken);
            var accept = watch.Elapsed.TotalSeconds;
            await WaitUntilEmptyAsync(peer, running, cancellationToken);
            return (accept, watch.Elapsed.TotalSeconds);
        }
    }

    /// <summary>Until each message that was accepted has left the queue.</summary>
    private static async Task WaitUntilEmptyAsync(IPeer peer, IRunningPeer running, CancellationToken cancellationToken)
    {
        var limit = DateTime.MaxValue;
        for (var last = int.MaxValue; ;)
        {
            if (!running.Queued().Any())
                return;
            var count = running.Queued().Count();
            if (count < last)
                (last, limit) = (count, DateTime.Now + StallLimit);
            else if (DateTime.Now > limit)
                throw new InvalidOperationException($"{peer.Label} keeps {count} files in its queue.\n{running.LastWords}");
            await Task.Delay(count > 1_000 ? 200 : 20, cancellationToken);
        }
    }

    // -d keeps connections, -N gives each message a recipient of its own.
    private static string[] Arguments(string letter, int port, int count) =>
    [
        "-d", "-N", "-s", Math.Min(Sessions, count).ToString(CultureInfo.InvariantCulture), "-m", count.ToString(CultureInfo.InvariantCulture), "-F", letter,
        "-f", Letter.Sender, "-t", "u@" + Letter.RecipientDomain, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
    ];

    // One of the letters that our side sends, for all: smtp-source cannot personalise. Without Message-ID, which the peer adds.
    private static string WriteLetter(WorkFolder folder, int size)
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>(size * 2);
        new LetterTemplate(Letter.Text(size, ""), "").Write(0, text);
        var path = Path.Combine(folder.Path, "letter");
        File.WriteAllText(path, Encoding.ASCII.GetString(text.WrittenSpan).Replace("\r\n", "\n", StringComparison.Ordinal));
        return path;
    }
}
