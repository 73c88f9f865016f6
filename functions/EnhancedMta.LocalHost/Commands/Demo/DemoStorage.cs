using Azure;
using EnhancedMta.Batches;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.Schedule;
using EnhancedMta.Storage;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Storage for a demo: an emulator that answers, else an Azurite of the demo's own with data under .azurite/ while it runs. Never a real account.</summary>
internal sealed class DemoStorage : IAsyncDisposable
{
    private const string Setting = "AzureWebJobsStorage";
    private const string Prefix = "demo-";

    private readonly AzuriteEmulator? _emulator;
    private readonly string? _folder;

    private DemoStorage(string connectionString, string description, AzuriteEmulator? emulator, string? folder)
    {
        ConnectionString = connectionString;
        Description = description;
        _emulator = emulator;
        _folder = folder;
    }

    public string ConnectionString { get; }

    /// <summary>For people.</summary>
    public string Description { get; }

    /// <param name="name">Of the run, and of its folder when one is needed.</param>
    /// <param name="say">Told what takes long.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<DemoStorage> OpenAsync(string name, Action<string> say, CancellationToken cancellationToken)
    {
        var connection = Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } given && IsEmulator(given) ? given : "UseDevelopmentStorage=true";
        if (await AzuriteEmulator.AnswersAsync(connection, cancellationToken))
        {
            if (await IsIdleAsync(connection, cancellationToken))
                return new(connection, "the storage emulator that already runs", null, null);
            say("The storage emulator that already runs has messages under way, which the demo's clock would let expire. The demo starts another one.");
        }
        var root = RepositoryRoot.Find();
        var folder = Path.Combine(root, ".azurite", Prefix + name);
        RemoveOld(Path.Combine(root, ".azurite"));
        var emulator = await AzuriteEmulator.StartAsync(new() { Folder = folder, Say = say }, cancellationToken);
        return new(emulator.ConnectionString, $"Azurite, started for the demo, data in {Path.GetRelativePath(root, folder)}", emulator, folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_emulator is null) return;
        await _emulator.DisposeAsync();
        // Its dates lie days ahead, so no later run could go on with it.
        Directory.Delete(_folder!, recursive: true);
    }

    /// <summary>Folders of demos that were killed.</summary>
    private static void RemoveOld(string parent)
    {
        if (!Directory.Exists(parent)) return;
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            using (var folderLock = LockFile.Try(Path.Combine(folder, AzuriteEmulator.FolderLock)))
            {
                if (folderLock is null) continue;
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsEmulator(string connection) =>
        AzuriteEmulator.IsDevelopmentStorage(connection) || new StorageAccount(new() { ConnectionString = connection }).Packs.Uri.IsLoopback;

    private static async Task<bool> IsIdleAsync(string connection, CancellationToken cancellationToken)
    {
        var storage = new StorageAccount(new() { ConnectionString = connection });
        try
        {
            foreach (var lane in Enum.GetValues<Lane>())
            {
                if ((await storage.Relay(lane).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount > 0) return false;
            }
            return await new WaitingBatches(storage.Schedule).NextRetryAsync(cancellationToken) is null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Never used by a pipeline.
            return true;
        }
    }
}
