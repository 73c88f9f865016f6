using EnhancedMta.Addresses;
using EnhancedMta.Erasures;
using EnhancedMta.Functions;
using EnhancedMta.LocalHost.Settings;
using EnhancedMta.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Commands;

/// <summary>Erases a recipient's data from the storage of local.settings.json, whether or not an app runs on it.</summary>
internal static class EraseCommand
{
    public const string Usage = "erase              erase the data of the recipient whose address is read from standard input";

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    /// <returns>The exit code: 0 when all is erased, 3 when something is on its way and a later pass is needed, 1 when it cannot start, 2 for arguments or an address that it cannot use.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextReader input)
    {
        // Not as an argument: those are in the shell's history and in every list of processes.
        if (arguments.Length > 0 || !EmailAddress.TryParse((await input.ReadLineAsync())?.Trim(), out var address, out _))
        {
            await Console.Error.WriteLineAsync($"erase: needs one address, on standard input. Usage: {Usage}");
            return 2;
        }
        using var stop = new StopSignal();
        try
        {
            var settings = LocalSettings.Load();
            await using var storage = await LocalStorage.OpenAsync(settings, "run", stop.Token);
            var services = new ServiceCollection().AddLogging(logging => logging.ClearProviders());
            FunctionServices.AddEnhancedMta(services, storage.Configuration);
            await using var provider = services.BuildServiceProvider();
            await provider.GetRequiredService<StorageAccount>().EnsureCreatedAsync(stop.Token);
            var erasure = await provider.GetRequiredService<ErasureTable>().BeginAsync(address.ToString(), stop.Token);
            do
            {
                erasure = await provider.GetRequiredService<ErasureRun>().GoOnAsync(erasure, Step, stop.Token);
                Console.WriteLine($"{erasure.Deliveries} deliveries looked through: {erasure.Messages} messages, {erasure.FeedPages} feed pages, {erasure.Packs} packs, {erasure.BounceMails} bounce mails, {erasure.Answers} answers erased.");
            }
            while (erasure.Status == ErasureStatus.Running);
            Console.WriteLine(erasure.Status == ErasureStatus.Done
                ? $"Done: erasure {erasure.Id}."
                : $"{erasure.Open} on their way. The app goes on by itself after {erasure.Again:u}, or this command does: erasure {erasure.Id}.");
            return erasure.Status == ErasureStatus.Done ? 0 : 3;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or IOException or Azure.RequestFailedException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
