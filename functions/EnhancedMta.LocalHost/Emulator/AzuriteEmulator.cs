using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EnhancedMta.LocalHost.Emulator;

/// <summary>
/// Azurite's blob, queue and table services in one child process, on loopback ports that the system chose.
/// The process ends with this object, and with the process that holds it.
/// </summary>
public sealed partial class AzuriteEmulator : IAsyncDisposable
{
    /// <summary>Name of the file that is locked while an Azurite runs on its folder.</summary>
    internal const string FolderLock = "in-use.lock";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly LockFile? _folderLock;
    private readonly Dictionary<string, string> _endpoints = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();

    private AzuriteEmulator(Process process, LockFile? folderLock)
    {
        _process = process;
        _folderLock = folderLock;
    }

    /// <summary>Of the account devstoreaccount1, with all three services.</summary>
    public string ConnectionString => ConnectionStringOf(AzuriteAccounts.Default);

    public int ProcessId => _process.Id;

    /// <summary>Of one of <see cref="AzuriteOptions.Accounts"/>.</summary>
    public string ConnectionStringOf(string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={AzuriteAccounts.KeyOf(account)};" +
        $"BlobEndpoint={_endpoints["Blob"]}/{account};QueueEndpoint={_endpoints["Queue"]}/{account};TableEndpoint={_endpoints["Table"]}/{account};";

    /// <exception cref="InvalidOperationException">Node.js or npm is missing, the folder is in use, or Azurite did not start.</exception>
    public static async Task<AzuriteEmulator> StartAsync(AzuriteOptions options, CancellationToken cancellationToken = default)
    {
        var root = RepositoryRoot.Find();
        await NodePackages.EnsureAsync(root, options.Say, cancellationToken);
        LockFile? folderLock = null;
        if (options.Folder is { } folder)
        {
            // Two Azurites on one folder overwrite each other's files.
            folderLock = LockFile.Try(Path.Combine(folder, FolderLock))
                ?? throw new InvalidOperationException($"Another process runs Azurite on {folder}. Stop it first.");
            await EarlierAzurite.WaitUntilEndedAsync(folder, cancellationToken);
        }
        var emulator = new AzuriteEmulator(NodePackages.Start(Command(root, options)), folderLock);
        try
        {
            await emulator.WaitUntilListeningAsync(cancellationToken);
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    private static ProcessStartInfo Command(string root, AzuriteOptions options)
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["AZURITE_ACCOUNTS"] = AzuriteAccounts.Setting(options.Accounts),
                ["AZURITE_SAVE_INTERVAL"] = ((long)options.SaveInterval.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            },
        };
        string[] arguments =
        [
            // It keeps all rows in memory. Node's own limit is some 4 GB however much there is, which a million messages reach: then it does nothing but collect.
            string.Create(CultureInfo.InvariantCulture, $"--max-old-space-size={Math.Max(2048, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024 * 6 / 10)}"),
            Path.Combine(AppContext.BaseDirectory, "Emulator", "azurite.cjs"), NodePackages.AzuriteScript(root),
            "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var service in new[] { "blob", "queue", "table" })
        {
            // Azurite closes idle connections after 5 s, in a race with the SDK's next request on them.
            string[] perService = [$"--{service}Port", "0", $"--{service}KeepAliveTimeout", "600"];
            foreach (var argument in perService) start.ArgumentList.Add(argument);
        }
        string[] persistence = options.Folder is { } folder ? ["--location", Path.GetFullPath(folder)] : ["--inMemoryPersistence"];
        foreach (var argument in persistence) start.ArgumentList.Add(argument);
        return start;
    }

    private async Task WaitUntilListeningAsync(CancellationToken cancellationToken)
    {
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var ended = _process.WaitForExitAsync(cancellationToken);
        try
        {
            await Task.WhenAny(_listening.Task, ended).WaitAsync(StartLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"Azurite did not listen within {StartLimit.TotalSeconds:0} s. {LastLines()}");
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (!_listening.Task.IsCompleted)
            throw new InvalidOperationException($"Azurite ended at once (exit code {_process.ExitCode}). {LastLines()}");
    }

    private void Read(string? line)
    {
        if (line is null || _listening.Task.IsCompleted) return;
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > 20) _lastLines.Dequeue();
            var match = Listening().Match(line);
            if (!match.Success) return;
            _endpoints[match.Groups["service"].Value] = match.Groups["address"].Value;
            if (_endpoints.Count == 3) _listening.TrySetResult();
        }
    }

    private string LastLines()
    {
        lock (_lastLines) return string.Join('\n', _lastLines);
    }

    /// <summary>Closes Azurite, which writes its data first, and kills it if that takes long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process.HasExited is false)
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
        _folderLock?.Dispose();
    }

    [GeneratedRegex(@"^Azurite (?<service>\w+) service is successfully listening at (?<address>http://\S+)$")]
    private static partial Regex Listening();
}
