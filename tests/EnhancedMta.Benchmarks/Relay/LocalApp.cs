using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>The local host in a process of its own, with settings of its own and nothing of the checkout's local.settings.json.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private LocalApp(ChildProcess process, HttpClient http) => (_process, _http) = (process, http);

    public int ProcessId => _process.Id;

    /// <summary>Of its HTTP server.</summary>
    public Uri Address => _http.BaseAddress!;

    public bool HasExited => _process.HasExited;

    public string LastLines => _process.LastLines;

    /// <summary>One that signs and sends all recipients' mail to a sink.</summary>
    /// <param name="folder">For its settings and its key.</param>
    /// <param name="storage">Connection string.</param>
    /// <param name="sinkPort">Where all recipients' mail goes.</param>
    /// <param name="key">Signs.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static async Task<LocalApp> StartAsync(WorkFolder folder, string storage, int sinkPort, RSA key, CancellationToken cancellationToken)
    {
        var keyFile = Path.Combine(folder.Path, "dkim.pem");
        await File.WriteAllTextAsync(keyFile, key.ExportRSAPrivateKeyPem(), cancellationToken);
        return await StartAsync(folder.Path, storage, new Dictionary<string, string>
        {
            ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta__Dkim__0__Domain"] = Letter.SenderDomain,
            ["EnhancedMta__Dkim__0__Selector"] = "bench",
            ["EnhancedMta__Dkim__0__PrivateKeyFile"] = keyFile,
            [$"EnhancedMta__Routes__{Letter.RecipientDomain}"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sinkPort}"),
        }, null, cancellationToken);
    }

    /// <param name="folder">For its settings.</param>
    /// <param name="storage">Connection string.</param>
    /// <param name="more">Settings beside the usual ones, or instead of them.</param>
    /// <param name="log">Gets what it says; null for nobody.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static async Task<LocalApp> StartAsync(string folder, string storage, IReadOnlyDictionary<string, string> more, TextWriter? log, CancellationToken cancellationToken)
    {
        var (functionKey, masterKey) = (RandomNumberGenerator.GetHexString(32), RandomNumberGenerator.GetHexString(32));
        var settings = new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = storage,
            ["RetrySchedule"] = "*/15 * * * * *",
            ["SweepSchedule"] = "30 * * * * *",
            ["LocalHost__FunctionKey"] = functionKey,
            ["LocalHost__MasterKey"] = masterKey,
            ["EnhancedMta__HeloHost"] = "mta." + Letter.SenderDomain,
            ["EnhancedMta__ReturnPathDomain"] = "bounces." + Letter.SenderDomain,
        };
        foreach (var (name, value) in more)
            settings[name] = value;
        await File.WriteAllTextAsync(Path.Combine(folder, "local.settings.json"), JsonSerializer.Serialize(new { IsEncrypted = false, Values = settings }), cancellationToken);

        var port = Ports.Free();
        var process = ChildProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "EnhancedMta.LocalHost.dll"), "run", "--port", port.ToString(CultureInfo.InvariantCulture)], folder, log);
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(10) };
        // The master key opens the functions too.
        http.DefaultRequestHeaders.Add("x-functions-key", masterKey);
        var app = new LocalApp(process, http);
        try
        {
            await Ports.WaitAsync(port, process, cancellationToken);
            await app.SendAsync(HttpMethod.Get, "api/health", null, cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">The answer is an error.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}\n{LastLines}");
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>The answer as it is, errors too.</summary>
    public async Task<HttpResponseMessage> TrySendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await _http.SendAsync(request, cancellationToken);
    }

    /// <summary>Requests to storage since its start, its host's included.</summary>
    public async Task<long> StorageOperationsAsync(CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Get, "admin/host/status", null, cancellationToken)).GetProperty("storageOperations").GetInt64();

    /// <summary>Since its start. Asked again within a third of a second it tells the same.</summary>
    public async Task<PhaseTimes> PhaseTimesAsync(CancellationToken cancellationToken) => PhaseTimes.Read(await _http.GetStringAsync(new Uri("metrics", UriKind.Relative), cancellationToken));

    /// <param name="queues">Whose messages count.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HostCounts> CountsAsync(IReadOnlyList<string> queues, CancellationToken cancellationToken)
    {
        var status = await SendAsync(HttpMethod.Get, "admin/host/status", null, cancellationToken);
        var reads = status.GetProperty("queues");
        return new HostCounts(
            status.GetProperty("storageOperations").GetInt64(),
            queues.Sum(q => reads.GetProperty(q).GetProperty("messages").GetInt64()),
            status.GetProperty("operationKinds") is { ValueKind: JsonValueKind.Object } kinds ? kinds.EnumerateObject().ToDictionary(k => k.Name, k => k.Value.GetInt64()) : []);
    }

    public Task StopAsync() => _process.StopAsync();

    /// <summary>SIGKILL: it gets no chance to put anything in order.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }
}

/// <summary>What a host has counted since its start.</summary>
/// <param name="StorageOperations">All.</param>
/// <param name="Messages">Received from some of its queues.</param>
/// <param name="Kinds">Operations by what they are for; empty when it was not told to tell them apart.</param>
internal sealed record HostCounts(long StorageOperations, long Messages, IReadOnlyDictionary<string, long> Kinds)
{
    public static HostCounts None { get; } = new(0, 0, new Dictionary<string, long>());

    public static HostCounts operator +(HostCounts a, HostCounts b) => new(a.StorageOperations + b.StorageOperations, a.Messages + b.Messages, Sum(a.Kinds, b.Kinds, 1));

    public static HostCounts operator -(HostCounts a, HostCounts b) => new(a.StorageOperations - b.StorageOperations, a.Messages - b.Messages, Sum(a.Kinds, b.Kinds, -1));

    private static Dictionary<string, long> Sum(IReadOnlyDictionary<string, long> a, IReadOnlyDictionary<string, long> b, int sign) =>
        a.Keys.Union(b.Keys).ToDictionary(k => k, k => a.GetValueOrDefault(k) + (sign * b.GetValueOrDefault(k)));
}
