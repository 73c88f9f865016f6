using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using EnhancedMta.Deliveries;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>
/// A sink, a clock and a storage account that several processes of the pipeline share, with one delivery of one log partition: each
/// request of up to 96 messages is one batch.
/// </summary>
internal sealed class Scene : IAsyncDisposable
{
    public const string DeliveryId = "d";
    public const string Domain = "recipients.example";

    private readonly string _account;
    private readonly SmtpSinkServer _sink;
    private readonly List<Instance> _instances = [];

    private Scene(string account, SmtpSinkServer sink)
    {
        (_account, _sink) = (account, sink);
        Mta = NewInstance();
    }

    /// <summary>Storage stamps queue messages by its own clock, which is the system's: this one begins there.</summary>
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    /// <summary>A process without faults.</summary>
    public Instance Mta { get; }

    public LogPartition Partition { get; } = new(DeliveryId, 0);

    /// <summary>Messages that the sink took, repeats included.</summary>
    public int Taken => _sink.Ledger.Messages.Values.Sum();

    /// <summary>Of these, the repeats.</summary>
    public int Repeats => Taken - _sink.Ledger.Messages.Count;

    public static async Task<Scene> StartAsync(AzuriteFixture azurite, params IReadOnlyList<RecipientRule> rules)
    {
        var persona = new Persona("recipients", "mx.recipients.example", [Domain]) { Rules = rules };
        var scene = new Scene(azurite.NewAccount(), await SmtpSinkServer.StartAsync(new SmtpSinkOptions { Personas = [persona] }, TestContext.Current.CancellationToken));
        await scene.Mta.Storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        Assert.Empty(DeclarationReader.Read(DeliveryId, """{"expectedSize": 100}"""u8.ToArray(), out var declaration));
        await scene.Mta.Get<DeliveryStore>().DeclareAsync(declaration!, TestContext.Current.CancellationToken);
        return scene;
    }

    /// <summary>Settings of the processes that are begun from now on.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>Another process on the same storage; the scene ends it.</summary>
    public Instance NewInstance(params HttpPipelinePolicy[] policies)
    {
        var instance = new Instance(_account, _sink.EndPointOf(Domain).ToString(), Clock, seed: _instances.Count, faultRate: 0, policies, Settings);
        _instances.Add(instance);
        return instance;
    }

    /// <summary>Relays one message for each id, as one batch, at the system's time.</summary>
    public async Task RelayAsync(Instance instance, params IEnumerable<string> ids)
    {
        if (TimeProvider.System.GetUtcNow() is var now && now > Clock.GetUtcNow())
            Clock.SetUtcNow(now);
        var answer = await instance.RelayAsync(DeliveryId, string.Join('\n', ids.Select(id => $$"""{"messageId": "{{id}}", "to": "{{id}}@{{Domain}}", "from": "news@sender.example", "subject": "News", "text": "For {{id}}."}""")));
        Assert.Empty(answer.Rejected);
    }

    public static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(n => $"m{n}");

    /// <summary>Queue messages in line, up to 32.</summary>
    public async Task<int> QueuedAsync() => (await Mta.Storage.RelayMarketing.PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value.Length;

    /// <summary>The next order in the queue, taken out of it.</summary>
    public async Task<string> TakeOrderAsync()
    {
        var message = (await Mta.Storage.RelayMarketing.ReceiveMessageAsync(null, TestContext.Current.CancellationToken)).Value;
        Assert.NotNull(message);
        await Mta.Storage.RelayMarketing.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
        return message.MessageText;
    }

    /// <summary>Relays what is in line.</summary>
    public async Task WorkAsync()
    {
        while (await QueuedAsync() > 0)
            await Mta.RelayBatchAsync(await TakeOrderAsync());
    }

    /// <summary>The processes' log, counted and recounted.</summary>
    public Task<Counters> CountersAsync() => LogCheck.CountersEqualRecountAsync(Mta.Storage, DeliveryId);

    /// <summary>Rows of batches that are not complete.</summary>
    public async Task<int> OpenBatchesAsync() => await Mta.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(Partition.Key, LogKeys.BatchPrefix)).CountAsync();

    public static bool IsTransaction(Request request) => request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);

    /// <summary>A batch is put on its queue; feedback has queues of its own.</summary>
    public static bool IsQueueing(Request request) =>
        request.Method == RequestMethod.Post && request.Uri.Path.EndsWith("/messages", StringComparison.Ordinal) && request.Uri.Path.Contains("/relay-", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
            await instance.DisposeAsync();
        await _sink.DisposeAsync();
    }
}
