using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Feedback;
using EnhancedMta.LocalHost.Commands;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Benchmarks.Growth;

/// <summary>A local host within this process, so that its timers can be waited for and its heap be looked at; an Azurite, and a sink.</summary>
internal sealed class GrowthScene : IAsyncDisposable
{
    private readonly SmtpSinkServer _sink;
    private readonly AzuriteEmulator _azurite;

    private GrowthScene(SmtpSinkServer sink, AzuriteEmulator azurite, FunctionHost host, HttpClient http) => (_sink, _azurite, Host, Http) = (sink, azurite, host, http);

    public FunctionHost Host { get; }

    public HttpClient Http { get; }

    /// <summary>Messages that the sink took.</summary>
    public int Taken => _sink.Ledger.Personas.Values.Sum(p => (int)p.Accepted);

    public double AzuriteMB => ProcessUse.PeakMemoryMB(_azurite.ProcessId);

    public T Service<T>() where T : notnull => Host.Services.GetRequiredService<T>();

    /// <summary>Requests to storage and rows of tables, since the start.</summary>
    public (long Operations, long Rows) Asked => (Service<StorageAccount>().Operations.Count, Service<StorageLoad>().Loads.Sum(l => l.RowsRead + l.RowsWritten));

    public static async Task<GrowthScene> StartAsync(CancellationToken cancellationToken)
    {
        var sink = await SmtpSinkServer.StartAsync(new() { Personas = [new Persona("recipients", "mx." + Letter.RecipientDomain, [Letter.RecipientDomain])] }, cancellationToken);
        var azurite = await AzuriteEmulator.StartAsync(new AzuriteOptions(), cancellationToken);
        var keys = FunctionKeys.Generate();
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
            ["RetrySchedule"] = "0 0 0 1 1 *",
            ["SweepSchedule"] = "0 0 0 1 1 *",
            ["LocalHost:CountStorage"] = "true",
            ["EnhancedMta:HeloHost"] = "mta." + Letter.SenderDomain,
            ["EnhancedMta:ReturnPathDomain"] = "bounces." + Letter.SenderDomain,
            ["EnhancedMta:ReturnPathKeys:0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta:Dkim:Unsigned:0"] = "*",
            [$"EnhancedMta:Routes:{Letter.RecipientDomain}"] = sink.EndPointOf(Letter.RecipientDomain).ToString(),
            // What a due retry leads to is not what is measured: those queue messages stay where they are.
            ["AzureWebJobs:RelayTransactional:Disabled"] = "true",
        };
        // They run when this says so.
        foreach (var timer in FunctionDescriptor.In(typeof(FunctionAttribute).Assembly).Where(f => f.Trigger is TimerTriggerAttribute))
            settings[$"AzureWebJobs:{timer.Name}:Disabled"] = "true";
        var options = FunctionApp.Options(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()) with { Keys = keys, ConfigureLogging = logging => logging.SetMinimumLevel(LogLevel.Error) };
        var configure = options.ConfigureServices;
        // A partition that rests is collected from no longer than this: else its end would be waited for at each size.
        options = options with { ConfigureServices = (services, configuration) => { services.AddSingleton(new FeedOptions { QuietTime = TimeSpan.FromSeconds(4) }); configure(services, configuration); } };
        var host = await FunctionHost.StartAsync(options, cancellationToken);
        var http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromMinutes(10) };
        http.DefaultRequestHeaders.Add(FunctionKeys.Header, keys.Master);
        return new GrowthScene(sink, azurite, host, http);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await _azurite.DisposeAsync();
        await _sink.DisposeAsync();
    }
}
