using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Benchmarks.Chaos.StorageFaults;

/// <summary>
/// Azurite on disk behind a <see cref="StorageProxy"/>, which goes away, stands still, and runs out of disk.
/// </summary>
/// <remarks>
/// Azurite keeps its tables and queues in memory and saves them now and then: killing it loses what it had acknowledged, as no Azure would.
/// So going away means: all connections to it are cut in mid-request, and then it is closed, which saves. For whoever depends on it there is no
/// difference to a crash of a storage that keeps its word.
/// </remarks>
internal sealed class TroubledAzurite : IAsyncDisposable
{
    private readonly StorageProxy _proxy;
    private readonly string _folder;
    private readonly SmallDisk? _disk;
    private readonly SemaphoreSlim _one = new(1, 1);
    private AzuriteEmulator _emulator;

    private TroubledAzurite(StorageProxy proxy, string folder, SmallDisk? disk, AzuriteEmulator emulator) =>
        (_proxy, _folder, _disk, _emulator) = (proxy, folder, disk, emulator);

    /// <summary>Past the proxy: for who looks at the result.</summary>
    public string ConnectionString => _emulator.ConnectionString;

    /// <summary>Its disk can be filled.</summary>
    public bool HasSmallDisk => _disk is not null;

    /// <param name="proxy">Stands before it.</param>
    /// <param name="folder">For its data.</param>
    /// <param name="megabytes">Of its disk.</param>
    /// <param name="say">Told when it has none of its own.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<TroubledAzurite> StartAsync(StorageProxy proxy, string folder, int megabytes, Action<string> say, CancellationToken cancellationToken)
    {
        var disk = SmallDisk.TryMount(folder, megabytes, out var why);
        if (disk is null)
            say($"Azurite's disk is not filled in this run: no file system of limited size can be mounted ({why}).");
        try
        {
            var emulator = await StartAsync(folder, cancellationToken);
            proxy.Upstream = new StorageUpstream(emulator.ConnectionString);
            return new TroubledAzurite(proxy, folder, disk, emulator);
        }
        catch
        {
            disk?.Dispose();
            throw;
        }
    }

    /// <summary>Goes away in the middle of everything, and comes back on its data.</summary>
    public Task RestartAsync(TimeSpan away, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        await StopAsync();
        await Task.Delay(away, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _emulator = await StartAsync(_folder, CancellationToken.None);
        _proxy.Upstream = new StorageUpstream(_emulator.ConnectionString);
    });

    /// <summary>Stands still.</summary>
    public Task StallAsync(TimeSpan time, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        ChildProcess.Pause(_emulator.ProcessId);
        await Task.Delay(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ChildProcess.GoOn(_emulator.ProcessId);
    });

    /// <summary>Has no room for the content of blobs. What it keeps in memory it takes.</summary>
    public Task FillDiskAsync(TimeSpan time, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        _disk!.Fill();
        await Task.Delay(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disk.Empty();
    });

    public async ValueTask DisposeAsync()
    {
        // A trick may be at work on it.
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            await StopAsync();
        }
        finally
        {
            _disk?.Dispose();
        }

        _one.Dispose();
    }

    // It saves when it is closed. In between only what it saves to a full disk could break it.
    private static Task<AzuriteEmulator> StartAsync(string folder, CancellationToken cancellationToken) =>
        AzuriteEmulator.StartAsync(new() { Folder = Path.Combine(folder, "data"), SaveInterval = TimeSpan.FromDays(1) }, cancellationToken);

    private async Task StopAsync()
    {
        var upstream = _proxy.Upstream;
        _proxy.Upstream = null;
        // Cuts what is under way.
        upstream?.Dispose();
        await _emulator.DisposeAsync();
    }

    private async Task AloneAsync(Func<Task> trouble)
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            await trouble();
        }
        finally
        {
            _one.Release();
        }
    }
}
