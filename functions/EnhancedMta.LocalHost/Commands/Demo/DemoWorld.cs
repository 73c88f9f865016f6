using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Core;
using EnhancedMta.Functions;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>All that a demo needs, running: storage, the sink, the functions on a shortened clock, and a client of their API.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    private const int UsualPort = 7071;

    private readonly DemoStorage _storage;
    private readonly StorageOperations _triggers;

    private DemoWorld(DemoStorage storage, SmtpSinkServer sink, FeedbackDesk feedback, FunctionHost host, FunctionKeys keys, StorageOperations triggers, ShortenedClock clock, DemoLog log)
    {
        _storage = storage;
        _triggers = triggers;
        Sink = sink;
        Feedback = feedback;
        Host = host;
        Keys = keys;
        Clock = clock;
        Log = log;
        Api = new(host.Address, keys);
    }

    public SmtpSinkServer Sink { get; }

    /// <summary>Where feedback is pushed to.</summary>
    public FeedbackDesk Feedback { get; }

    public FunctionHost Host { get; }

    public FunctionKeys Keys { get; }

    public ShortenedClock Clock { get; }

    public DemoLog Log { get; }

    public MtaApi Api { get; }

    /// <summary>The dashboard with its key: a fragment is sent to nobody, and the page takes it out of the address.</summary>
    public Uri Dashboard => new(Host.Address, $"api/dashboard#key={Keys.Function}");

    /// <summary>The host's storage through clients that nobody counts.</summary>
    public StorageAccount Watch => field ??= new(new() { ConnectionString = _storage.ConnectionString });

    /// <summary>Requests to storage so far: the pipeline's and those of the host's queue triggers.</summary>
    public long StorageOperations => Host.Services.GetRequiredService<StorageAccount>().Operations.Count + _triggers.Count;

    /// <param name="name">Of the run.</param>
    /// <param name="say">Told what happens.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <param name="more">Further settings, given the sink.</param>
    public static async Task<DemoWorld> StartAsync(
        string name, Action<string> say, CancellationToken cancellationToken, Func<SmtpSinkServer, IEnumerable<KeyValuePair<string, string?>>>? more = null)
    {
        var storage = await DemoStorage.OpenAsync(name, say, cancellationToken);
        SmtpSinkServer? sink = null;
        FeedbackDesk? feedback = null;
        try
        {
            say($"storage    {storage.Description}");
            var clock = new ShortenedClock();
            sink = await SmtpSinkServer.StartAsync(new() { Personas = SinkProviders.All, Clock = clock }, cancellationToken);
            say(string.Create(CultureInfo.InvariantCulture, $"sink       {SinkProviders.All.Count} mail providers on loopback, with {SinkProviders.All.Sum(p => p.Domains.Count)} recipient domains"));
            feedback = await FeedbackDesk.StartAsync(cancellationToken);
            var keys = FunctionKeys.Generate();
            var triggers = new StorageOperations();
            var log = new DemoLog();
            var host = await FunctionHost.StartAsync(FunctionApp.Options(DemoSettings.For(storage, sink, feedback, more?.Invoke(sink) ?? [])) with
            {
                ConfigureServices = (services, settings) =>
                {
                    services.AddSingleton<TimeProvider>(clock);
                    FunctionServices.AddEnhancedMta(services, settings);
                },
                ConfigureQueueClients = queue => queue.AddPolicy(triggers, HttpPipelinePosition.PerRetry),
                ConfigureLogging = logging => logging.AddProvider(log),
                Keys = keys,
                Port = IsFree(UsualPort) ? UsualPort : 0,
            }, cancellationToken);
            say(string.Create(CultureInfo.InvariantCulture, $"functions  {host.Routes.Count} HTTP functions on {host.Address}, and those of queues and timers"));
            var world = new DemoWorld(storage, sink, feedback, host, keys, triggers, clock, log);
            say($"dashboard  {world.Dashboard}");
            return world;
        }
        catch
        {
            if (feedback is not null) await feedback.DisposeAsync();
            if (sink is not null) await sink.DisposeAsync();
            await storage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
        await Feedback.DisposeAsync();
        await Sink.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
