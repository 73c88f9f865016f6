using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Benchmarks.Sinks;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>The other side: Postfix, with OpenDKIM as its signer, fed by Postfix's smtp-source.</summary>
internal static class PostfixSide
{
    // With few sessions smtp-source sleeps more than it sends: Nagle's algorithm and delayed acknowledgements hold up each message.
    private const int Sessions = 150;

    /// <exception cref="InvalidOperationException">Something is missing; the message says what.</exception>
    public static void CheckInstalled()
    {
        Installed.Require("postfix", "postfix");
        Installed.Require("smtp-source", "postfix");
        Installed.Require("opendkim", "opendkim");
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("--peer postfix must run as root: Postfix starts for nobody else.");
    }

    public static async Task<SideResult> RunAsync(RelayOptions options, RSA key, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync("Postfix + OpenDKIM: starting ...");
        using var folder = WorkFolder.Create();
        await using var sink = await SmtpSink.StartAsync((long)(options.Messages + RelayOptions.WarmUp) * options.Size, cancellationToken);
        await using var signer = await OpenDkim.StartAsync(folder, key, cancellationToken);
        await using var postfix = await Postfix.StartAsync(folder, signer.Port, sink.Port, cancellationToken);
        var letter = WriteLetter(folder, options.Size);

        await RelayAsync(RelayOptions.WarmUp);

        await Console.Error.WriteLineAsync($"Postfix + OpenDKIM: relaying {options.Messages:N0} messages ...");
        var cpu = CpuSeconds();
        var (accept, all) = await RelayAsync(options.Messages);
        cpu = CpuSeconds() - cpu;

        await postfix.StopAsync();
        await Console.Error.WriteLineAsync("Postfix + OpenDKIM: looking at what the sink got ...");
        var dump = await sink.StopAsync(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
        return new SideResult("Postfix + OpenDKIM", options.Messages, accept, all, cpu, null, null, null, dump, RelayOptions.WarmUp);

        double CpuSeconds() => ProcessUse.TreeCpuSeconds(postfix.MasterId) + ProcessUse.CpuSeconds(signer.ProcessId);

        async Task<(double Accept, double All)> RelayAsync(int count)
        {
            var watch = Stopwatch.StartNew();
            await ChildProcess.RunAsync(Installed.Require("smtp-source", "postfix"), Arguments(letter, postfix.Port, count), folder.Path, cancellationToken);
            var accept = watch.Elapsed.TotalSeconds;
            await postfix.WaitUntilEmptyAsync(cancellationToken);
            return (accept, watch.Elapsed.TotalSeconds);
        }
    }

    // -d keeps connections, -N gives each message a recipient of its own.
    private static string[] Arguments(string letter, int port, int count) =>
    [
        "-d", "-N", "-s", Math.Min(Sessions, count).ToString(CultureInfo.InvariantCulture), "-m", count.ToString(CultureInfo.InvariantCulture), "-F", letter,
        "-f", Letter.Sender, "-t", "u@" + Letter.RecipientDomain, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
    ];

    // One of the letters that our side sends, for all: smtp-source cannot personalise. Without Message-ID, which Postfix adds.
    private static string WriteLetter(WorkFolder folder, int size)
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>(size * 2);
        new LetterTemplate(Letter.Text(size, ""), "").Write(0, text);
        var path = Path.Combine(folder.Path, "letter");
        File.WriteAllText(path, Encoding.ASCII.GetString(text.WrittenSpan).Replace("\r\n", "\n", StringComparison.Ordinal));
        return path;
    }
}
