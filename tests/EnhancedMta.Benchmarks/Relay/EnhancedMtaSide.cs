using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Benchmarks.Sinks;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>Our side: the local host on an Azurite that keeps its data on disk.</summary>
internal static class EnhancedMtaSide
{
    public static async Task<SideResult> RunAsync(RelayOptions options, RSA key, CancellationToken cancellationToken)
    {
        // 1. Start the sink, Azurite and the app. 2. Warm up. 3. Relay and wait, with the meters read before and after.
        // 4. Stop the app, so that it hangs up, then the sink. 5. Look at what the sink got.
        await Console.Error.WriteLineAsync("EnhancedMta: starting ...");
        using var folder = WorkFolder.Create();
        await using var sink = await SmtpSink.StartAsync((long)(options.Messages + RelayOptions.WarmUp) * options.Size, cancellationToken);
        await using var azurite = await AzuriteEmulator.StartAsync(new() { Folder = Path.Combine(folder.Path, "azurite") }, cancellationToken);
        await using var app = await LocalApp.StartAsync(folder, azurite.ConnectionString, sink.Port, key, cancellationToken);
        var client = new RelayClient(app, options);

        await client.RelayAsync("warm-up", 0, RelayOptions.WarmUp, cancellationToken);

        await Console.Error.WriteLineAsync($"EnhancedMta: relaying {options.Messages:N0} messages ...");
        var phases = await app.PhaseTimesAsync(cancellationToken);
        var operations = await app.StorageOperationsAsync(cancellationToken);
        var (cpu, storageCpu) = (ProcessUse.CpuSeconds(app.ProcessId), ProcessUse.CpuSeconds(azurite.ProcessId));
        var (accept, all) = await client.RelayAsync("measured", RelayOptions.WarmUp, options.Messages, cancellationToken);
        (cpu, storageCpu) = (ProcessUse.CpuSeconds(app.ProcessId) - cpu, ProcessUse.CpuSeconds(azurite.ProcessId) - storageCpu);
        operations = await app.StorageOperationsAsync(cancellationToken) - operations;
        var phaseFigures = (await app.PhaseTimesAsync(cancellationToken)).Since(phases, options.Messages);
        var memory = ProcessUse.PeakMemoryMB(app.ProcessId);

        await app.StopAsync();
        await Console.Error.WriteLineAsync("EnhancedMta: looking at what the sink got ...");
        var dump = await sink.StopAsync(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
        return new SideResult("EnhancedMta", options.Messages, accept, all, cpu, storageCpu, memory, operations, dump, RelayOptions.WarmUp) { Phases = phaseFigures };
    }
}
