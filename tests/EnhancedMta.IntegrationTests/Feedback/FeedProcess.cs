using System.Text;
using Azure.Core.Pipeline;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.Feedback.Push;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.SendingLog;
using EnhancedMta.Settings;
using EnhancedMta.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>One process that writes events, collects, reads and pushes, without a host around it: the test calls what triggers would. It can die at any request.</summary>
internal sealed class FeedProcess : IAsyncDisposable
{
    public static readonly byte[] Secret = Encoding.ASCII.GetBytes("shared with the receiver, tests!");
    public static readonly byte[] NextSecret = Encoding.ASCII.GetBytes("the key that will follow it soon");

    private readonly ServiceProvider _services;

    public FeedProcess(string account, TimeProvider clock, int seed, IEnumerable<KeyValuePair<string, string?>>? settings = null, PushOptions? push = null, FeedOptions? feed = null, params HttpPipelinePolicy[] policies)
    {
        Faults = new StorageFaults(seed);
        var values = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = account,
            ["EnhancedMta:ReturnPathDomain"] = "bounces.example",
            ["EnhancedMta:ReturnPathKeys:0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a key for tests only, 32 octets!")),
            ["EnhancedMta:Feedback:Keys:0:Id"] = "one",
            ["EnhancedMta:Feedback:Keys:0:Secret"] = Convert.ToBase64String(Secret),
            ["EnhancedMta:Feedback:TrustedHosts:0"] = "127.0.0.1",
        };
        foreach (var (name, value) in settings ?? [])
            values[name] = value;
        var services = new ServiceCollection().AddLogging().AddSingleton(clock).AddSingleton(new Random(seed)).AddSingleton(push ?? new PushOptions()).AddSingleton(feed ?? new FeedOptions());
        services.AddSingleton(new StorageAccount(new StorageAccountOptions { ConnectionString = account, Policies = [.. policies, Faults], RetryDelay = TimeSpan.FromMilliseconds(2) }));
        _services = services.AddPipeline(new ConfigurationBuilder().AddInMemoryCollection(values).Build()).BuildServiceProvider();
    }

    public StorageFaults Faults { get; }

    public StorageAccount Storage => Get<StorageAccount>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async Task DeclareAsync(string deliveryId, Uri? feedbackUrl = null)
    {
        var declaration = new Declaration { DeliveryId = deliveryId, Validity = TimeSpan.FromDays(1), ExpectedSize = 1_000, FeedbackUrl = feedbackUrl };
        var (delivery, isNew) = await Get<DeliveryStore>().DeclareAsync(declaration, CancellationToken.None);
        if (!isNew && delivery.FeedbackUrl is not null)
            await Get<PushSchedule>().PointAsync(new FeedbackEndpoint(delivery.FeedbackUrl), deliveryId, CancellationToken.None);
    }

    /// <summary>One transaction of the log, with an event for each id.</summary>
    public Task CommitAsync(LogPartition partition, params IEnumerable<string> ids)
    {
        var change = new LogChange();
        change.Events.AddRange(ids.Select(id => new DeliveryEvent { Type = DeliveryEventType.Delivered, MessageId = id, Reply = "250 2.0.0 Ok" }));
        return Get<LogLedger>().CommitAsync(partition, change, CancellationToken.None);
    }

    public Task<int?> CollectAsync() => Get<FeedCollector>().CollectAsync(CancellationToken.None);

    /// <summary>All that can be read after a place.</summary>
    public async Task<List<FeedEvent>> ReadAsync(FeedEventId after = default, int limit = 100, string? deliveryId = null)
    {
        var events = new List<FeedEvent>();
        for (var more = true; more;)
        {
            var slice = await Get<FeedReader>().ReadAsync(after, limit, deliveryId, CancellationToken.None);
            Assert.True(slice.Events.Count <= limit);
            events.AddRange(slice.Events.Select(e => e.Event));
            (after, more) = (slice.Last, slice.HasMore);
        }

        return events;
    }

    /// <summary>Does all push work that is due, as the queue's messages ask for it.</summary>
    public async Task PushAsync()
    {
        await Get<PushSchedule>().WakeAsync(CancellationToken.None);
        while ((await Storage.FeedbackPush.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(30))).Value is { Length: > 0 } messages)
        {
            await Task.WhenAll(messages.Select(async message =>
            {
                await Get<EndpointPush>().RunAsync(message.MessageText, CancellationToken.None);
                await Storage.FeedbackPush.DeleteMessageAsync(message.MessageId, message.PopReceipt);
            }));
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
