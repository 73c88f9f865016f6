using System.Text;
using Azure.Core.Pipeline;
using EnhancedMta.Batches;
using EnhancedMta.Bounces;
using EnhancedMta.Deliveries;
using EnhancedMta.Ingestion;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.Relaying;
using EnhancedMta.Schedule;
using EnhancedMta.Settings;
using EnhancedMta.Storage;
using EnhancedMta.Sweeping;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>One process of the pipeline, without a host around it: the test calls what triggers would. It can die at any request.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Instance(string account, string sink, TimeProvider clock, int seed, double faultRate, params HttpPipelinePolicy[] policies)
    {
        Faults = new StorageFaults(seed) { Rate = faultRate };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = account,
            ["EnhancedMta:ReturnPathDomain"] = "bounces.example",
            ["EnhancedMta:ReturnPathKeys:0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a key for tests only, 32 octets!")),
            ["EnhancedMta:Routes:*"] = sink,
            ["EnhancedMta:Dkim:Unsigned:0"] = "*",
        }).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton(clock).AddSingleton(new Random(seed));
        services.TryAddSingleton(new StorageAccount(new StorageAccountOptions
        {
            ConnectionString = account,
            Policies = [.. policies, Faults],
            RetryDelay = TimeSpan.FromMilliseconds(2),
        }));
        _services = services.AddPipeline(configuration).BuildServiceProvider();
    }

    public StorageFaults Faults { get; }

    public StorageAccount Storage => Get<StorageAccount>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async Task<RelayAnswer> RelayAsync(string deliveryId, string ndjson)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(ndjson));
        var delivery = await Get<DeliveryStore>().FindAsync(deliveryId, CancellationToken.None);
        return await Get<RelayIntake>().AcceptAsync(delivery!, new RelayRequest(body, "application/x-ndjson", deliveryId), CancellationToken.None);
    }

    public Task RelayBatchAsync(string order) => Get<BatchRelay>().RunAsync(Lane.Marketing, order, CancellationToken.None);

    public Task<int> QueueDueRetriesAsync() => Get<DueRetries>().RunAsync(CancellationToken.None);

    public Task<int> SweepAsync() => Get<Sweeper>().RunAsync(CancellationToken.None);

    public Task<string?> AcceptBounceAsync(Stream mail, string recipient) => Get<BounceIntake>().AcceptMailAsync(mail, recipient, CancellationToken.None);

    public Task QualifyBounceAsync(string order) => Get<BounceProcessing>().RunAsync(order, CancellationToken.None);

    /// <summary>Adds up the delivery's domains.</summary>
    public async Task RollUpAsync(string deliveryId) =>
        await Get<DomainRollUps>().BringUpToDateAsync((await Get<DeliveryStore>().FindAsync(deliveryId, CancellationToken.None))!, TimeSpan.FromMinutes(1), CancellationToken.None);

    public Task<DateTimeOffset?> NextRetryAsync() => Get<WaitingBatches>().NextRetryAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
