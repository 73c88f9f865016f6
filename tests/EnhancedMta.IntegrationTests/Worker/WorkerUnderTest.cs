using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Azure.Storage.Queues;
using EnhancedMta.IntegrationTests.Worker.Rpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>
/// The app as deployed: its own process, built with the real worker packages. The host beside it is the test's; it says what the Functions
/// host says to an isolated worker that takes HTTP by itself (capability HttpUri): the invocation over gRPC, and the request as it came,
/// with the invocation's id in a header.
/// </summary>
internal sealed class WorkerUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly WebApplication _host;
    private readonly FunctionRpcService _rpc;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly HttpClient _http = new() { Timeout = Limit };
    private readonly string _account;

    private WorkerUnderTest(WebApplication host, FunctionRpcService rpc, Process process, string account) =>
        (_host, _rpc, _process, _account) = (host, rpc, process, account);

    /// <summary>By name, as the worker told.</summary>
    public IReadOnlyDictionary<string, RpcFunctionMetadata> Functions { get; private set; } = new Dictionary<string, RpcFunctionMetadata>();

    /// <summary>Why a function could not be loaded, by name.</summary>
    public IReadOnlyDictionary<string, string> NotLoaded { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    public string Output => string.Join('\n', _output.Concat(_rpc.Logs.Select(l => $"{l.Level} {l.Category}: {l.Message} {l.Exception?.Message}")));

    /// <summary>Ends when the process does; its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Starts the process; it may not come as far as to call its host.</summary>
    public static async Task<WorkerUnderTest> StartProcessAsync(string account, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var folder = await WorkerBuild.FolderAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var rpc = new FunctionRpcService();
        builder.Services.AddSingleton(rpc);
        builder.Services.AddGrpc();
        var host = builder.Build();
        host.MapGrpcService<FunctionRpcService>();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        // The arguments with which the host starts a worker.
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(folder, WorkerBuild.Assembly), "--functions-uri", address + "/", "--functions-worker-id", "worker-1", "--functions-request-id", "start-1",
            "--functions-grpc-max-message-length", "2147483647",
        ])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["FUNCTIONS_APPLICATION_DIRECTORY"] = folder, ["FUNCTIONS_WORKER_DIRECTORY"] = folder, ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated", ["AzureWebJobsStorage"] = account },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var worker = new WorkerUnderTest(host, rpc, Process.Start(start)!, account);
        worker._process.OutputDataReceived += (_, line) => worker._output.Enqueue(line.Data ?? "");
        worker._process.ErrorDataReceived += (_, line) => worker._output.Enqueue(line.Data ?? "");
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Starts the process, and does what the host does before it sends the first invocation.</summary>
    public static async Task<WorkerUnderTest> StartAsync(string account, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var worker = await StartProcessAsync(account, settings);
        try
        {
            await worker.BeginAsync();
            return worker;
        }
        catch (Exception fault) when (fault is not Xunit.Sdk.SkipException)
        {
            var output = worker.Output;
            await worker.DisposeAsync();
            throw new InvalidOperationException($"The worker did not start: {fault.Message}\n{output}", fault);
        }
    }

    /// <summary>A request to an HTTP function. The answer is the worker's own; how the invocation ended comes with it.</summary>
    public async Task<(HttpResponseMessage Answer, StatusResult Result)> RequestAsync(
        string function, HttpMethod method, string path, string? key, HttpContent? content = null, params IEnumerable<KeyValuePair<string, string>> routeValues)
    {
        var id = Guid.NewGuid().ToString();
        using var request = new HttpRequestMessage(method, new Uri(new Uri(Capabilities["HttpUri"]), $"api/{path}")) { Content = content };
        request.Headers.Add("x-ms-invocation-id", id);
        if (key is not null)
            request.Headers.Add("x-functions-key", key);
        var http = new RpcHttp();
        http.Params.Add(routeValues.ToDictionary());
        var invocation = Invocation(id, function, new TypedData { Http = http });
        invocation.TriggerMetadata.Add(routeValues.ToDictionary(v => v.Key, v => new TypedData { String = v.Value }));
        var result = AskAsync(invocation);
        var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer, await result);
    }

    /// <summary>A queue message to its function, as the queue extension hands it over when the parameter is a QueueMessage.</summary>
    public (string Id, Task<StatusResult> Result) Begin(string function, string text)
    {
        var id = Guid.NewGuid().ToString();
        var now = DateTimeOffset.UtcNow;
        var content = JsonSerializer.SerializeToUtf8Bytes(new { MessageId = id, PopReceipt = "receipt", MessageText = text, DequeueCount = 1, InsertedOn = now, NextVisibleOn = now, ExpiresOn = now.AddDays(7) });
        var data = new ModelBindingData { Version = "1.0", Source = "AzureStorageQueues", ContentType = "application/json", Content = ByteString.CopyFrom(content) };
        return (id, AskAsync(Invocation(id, function, new TypedData { ModelBindingData = data })));
    }

    public Task<StatusResult> TickAsync(string function)
    {
        const string Timer = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-11-24T09:00:00+00:00","Next":"2026-11-24T09:01:00+00:00","LastUpdated":"2026-11-24T09:00:00+00:00"},"IsPastDue":false}""";
        return AskAsync(Invocation(Guid.NewGuid().ToString(), function, new TypedData { Json = Timer }));
    }

    public void Cancel(string invocation) => _rpc.Send(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocation } });

    /// <summary>The queue that a function listens to, with host.json's encoding.</summary>
    public QueueClient Queue(string function) =>
        new(_account, Binding(function).GetProperty("queueName").GetString()!, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });

    /// <summary>The trigger as the worker declares it.</summary>
    public JsonElement Binding(string function) =>
        Functions[function].RawBindings.Select(b => JsonSerializer.Deserialize<JsonElement>(b)).Single(b => b.GetProperty("direction").GetString()!.Equals("In", StringComparison.OrdinalIgnoreCase));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        await _host.DisposeAsync();
    }

    private async Task BeginAsync()
    {
        await Task.WhenAny(_rpc.Started, _process.WaitForExitAsync()).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.False(_process.HasExited, $"exit code {(_process.HasExited ? _process.ExitCode : 0).ToString(CultureInfo.InvariantCulture)}");
        var folder = await WorkerBuild.FolderAsync();
        var init = new WorkerInitRequest { HostVersion = "4.1000.0", FunctionAppDirectory = folder, WorkerDirectory = folder };
        var begun = (await AskAsync(new StreamingMessage { WorkerInitRequest = init }, nameof(WorkerInitResponse))).WorkerInitResponse;
        Assert.Equal(StatusResult.Types.Status.Success, begun.Result.Status);
        Capabilities = begun.Capabilities;
        await ListensAsync();
        var told = (await AskAsync(new StreamingMessage { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = folder } }, nameof(FunctionMetadataResponse))).FunctionMetadataResponse;
        Assert.Equal(StatusResult.Types.Status.Success, told.Result.Status);
        Functions = told.FunctionMetadataResults.ToDictionary(f => f.Name, StringComparer.Ordinal);
        NotLoaded = (await Task.WhenAll(Functions.Values.Select(LoadAsync))).Where(l => l.Result.Status != StatusResult.Types.Status.Success).ToDictionary(l => l.Name, l => l.Result.Exception?.Message ?? "");
    }

    /// <summary>The worker names its address before it listens there; the host's proxy tries again for as long.</summary>
    private async Task ListensAsync()
    {
        var address = new Uri(Capabilities["HttpUri"]);
        var limit = DateTime.UtcNow + Limit;
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException) when (DateTime.UtcNow < limit)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    private async Task<(string Name, StatusResult Result)> LoadAsync(RpcFunctionMetadata function)
    {
        // The host makes up an id, and reads the bindings from their JSON.
        function.FunctionId = $"id-of-{function.Name}";
        foreach (var raw in function.RawBindings.Select(b => JsonSerializer.Deserialize<JsonElement>(b)))
        {
            var binding = new BindingInfo { Type = raw.GetProperty("type").GetString(), Direction = Enum.Parse<BindingInfo.Types.Direction>(raw.GetProperty("direction").GetString()!, ignoreCase: true) };
            if (raw.TryGetProperty("properties", out var properties))
                binding.Properties.Add(properties.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString()));
            function.Bindings[raw.GetProperty("name").GetString()!] = binding;
        }
        var request = new StreamingMessage { FunctionLoadRequest = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function } };
        return (function.Name, (await AskAsync(request, function.FunctionId)).FunctionLoadResponse.Result);
    }

    private InvocationRequest Invocation(string id, string function, TypedData trigger) => new()
    {
        InvocationId = id,
        FunctionId = Functions[function].FunctionId,
        TraceContext = new RpcTraceContext { TraceParent = $"00-{Guid.NewGuid():N}-00f067aa0ba902b7-01" },
        InputData = { new ParameterBinding { Name = Binding(function).GetProperty("name").GetString(), Data = trigger } },
    };

    private async Task<StatusResult> AskAsync(InvocationRequest invocation) =>
        (await AskAsync(new StreamingMessage { InvocationRequest = invocation }, invocation.InvocationId)).InvocationResponse.Result;

    private Task<StreamingMessage> AskAsync(StreamingMessage message, string key) => _rpc.AskAsync(message, key).WaitAsync(Limit, TestContext.Current.CancellationToken);
}
