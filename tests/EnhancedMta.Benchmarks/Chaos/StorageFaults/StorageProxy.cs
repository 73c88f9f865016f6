using EnhancedMta.Benchmarks.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace EnhancedMta.Benchmarks.Chaos.StorageFaults;

/// <summary>
/// Stands between the processes and their storage: passes requests on as they are, signature included, and lets the weather decide which
/// of them fail and how. Its addresses stay while the storage behind it comes and goes.
/// </summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    /// <summary>Longer than a process may take for granted, and shorter than the SDK waits.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "Content-Length"];

    private readonly Dictionary<int, StorageService> _services;
    private readonly Weather<StorageRequest, StorageFault> _weather;
    private readonly FaultTally _tally;
    private readonly Random _random;
    private readonly WebApplication _app;
    private volatile StorageUpstream? _upstream;

    private StorageProxy(Weather<StorageRequest, StorageFault> weather, FaultTally tally, int seed)
    {
        (_weather, _tally, _random) = (weather, tally, new Random(seed));
        _services = Enum.GetValues<StorageService>().ToDictionary(_ => Ports.Free());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Limits.MaxRequestBodySize = null;
            server.Limits.MinRequestBodyDataRate = null;
            foreach (var port in _services.Keys)
                server.ListenLocalhost(port);
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Where requests go; null while there is no storage: connections break then.</summary>
    public StorageUpstream? Upstream
    {
        get => _upstream;
        set => _upstream = value;
    }

    public static async Task<StorageProxy> StartAsync(Weather<StorageRequest, StorageFault> weather, FaultTally tally, int seed, CancellationToken cancellationToken)
    {
        var proxy = new StorageProxy(weather, tally, seed);
        await proxy._app.StartAsync(cancellationToken);
        return proxy;
    }

    /// <summary>A connection string that leads here instead.</summary>
    public string Through(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            var (name, value) = (part[..part.IndexOf('=', StringComparison.Ordinal)], part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            return name.EndsWith("Endpoint", StringComparison.Ordinal) && Uri.TryCreate(value, UriKind.Absolute, out var uri)
                ? $"{name}={new UriBuilder(uri) { Host = "127.0.0.1", Port = PortOf(Enum.Parse<StorageService>(name[..^"Endpoint".Length])) }.Uri}"
                : part;
        });
        return string.Join(';', parts) + ";";
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private int PortOf(StorageService service) => _services.First(s => s.Value == service).Key;

    private async Task ServeAsync(HttpContext context)
    {
        var service = _services[context.Connection.LocalPort];
        using var copy = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
            var request = Describe(context.Request, service, copy);
            var fault = Applicable(_weather.At(request), request);
            if (fault is { } known)
                _tally.Add(StorageFaultNames.Of(known, service));
            await AnswerAsync(context, request, copy.ToArray(), fault);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or BadHttpRequestException or ObjectDisposedException)
        {
            // Storage went away, or the process did.
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, StorageRequest request, byte[] body, StorageFault? fault)
    {
        switch (fault)
        {
            case StorageFault.Error:
                await StorageAnswers.ErrorAsync(context, request.Service);
                return;
            case StorageFault.Busy:
                await StorageAnswers.BusyAsync(context, request.Service);
                return;
            case StorageFault.PreconditionFailed:
                await StorageAnswers.PreconditionFailedAsync(context, request);
                return;
            case StorageFault.Cut:
                context.Abort();
                return;
            case StorageFault.Silent:
                await Task.Delay(Silence, context.RequestAborted);
                context.Abort();
                return;
            case StorageFault.Slow:
                int milliseconds;
                lock (_random)
                    milliseconds = _random.Next(100, 2_000);
                await Task.Delay(milliseconds, context.RequestAborted);
                break;
        }

        if (fault == StorageFault.DoneTwice)
            (await PassOnAsync(context, request.Service, body)).Dispose();
        using var answer = await PassOnAsync(context, request.Service, body);
        if (fault == StorageFault.AnswerLost)
            context.Abort();
        else if (fault == StorageFault.ErrorAfterwards)
            await StorageAnswers.ErrorAsync(context, request.Service);
        else
            await CopyAsync(answer, context.Response, context.RequestAborted);
    }

    /// <summary>Not cancelled when the process goes away: a request that is on its way is made.</summary>
    private async Task<HttpResponseMessage> PassOnAsync(HttpContext context, StorageService service, byte[] body)
    {
        var upstream = Upstream ?? throw new HttpRequestException("There is no storage.");
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(upstream.Address(service) + target));
        if (body.Length > 0 || context.Request.Headers.ContentLength is not null)
            request.Content = new ByteArrayContent(body);
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        return await upstream.Client.SendAsync(request, CancellationToken.None);
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpResponse response, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase))
                response.Headers[name] = new StringValues([.. values]);
        }

        // Of a HEAD, the length of what is not there.
        response.ContentLength = answer.StatusCode is System.Net.HttpStatusCode.NoContent or System.Net.HttpStatusCode.NotModified ? null : answer.Content.Headers.ContentLength ?? body.Length;
        if (body.Length > 0)
            await response.Body.WriteAsync(body, cancellationToken);
    }

    private static StorageRequest Describe(HttpRequest request, StorageService service, MemoryStream body)
    {
        var isTransaction = service == StorageService.Table && request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal);
        var isWrite = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        var isConditional = isTransaction
            ? body.GetBuffer().AsSpan(0, (int)body.Length).IndexOf("If-Match: W/"u8) >= 0
            : service == StorageService.Table && request.Headers.IfMatch.ToString() is { Length: > 1 };
        return new StorageRequest(service, isWrite, isTransaction, isConditional);
    }

    /// <summary>Some faults exist only for some requests.</summary>
    private static StorageFault? Applicable(StorageFault? fault, StorageRequest request) => fault switch
    {
        StorageFault.PreconditionFailed when !request.IsConditional => null,
        StorageFault.DoneTwice when !request.IsWrite => null,
        _ => fault,
    };
}

/// <summary>An Azurite that runs.</summary>
internal sealed class StorageUpstream : IDisposable
{
    private readonly Dictionary<StorageService, string> _addresses;

    public StorageUpstream(string connectionString) =>
        _addresses = connectionString.Split(';').Select(part => part.Split('=', 2)).Where(part => part[0].EndsWith("Endpoint", StringComparison.Ordinal))
            .ToDictionary(part => Enum.Parse<StorageService>(part[0][..^"Endpoint".Length]), part => new Uri(part[1]).GetLeftPart(UriPartial.Authority));

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 256 })
    {
        Timeout = TimeSpan.FromMinutes(2),
    };

    public string Address(StorageService service) => _addresses[service];

    public void Dispose() => Client.Dispose();
}
