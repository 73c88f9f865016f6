using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using EnhancedMta.Batches;
using EnhancedMta.Storage.EntityGroups;

namespace EnhancedMta.Storage;

/// <summary>Every table, queue and container of the pipeline, by the name of what it holds.</summary>
public sealed class StorageAccount
{
    private readonly QueueServiceClient _queues;
    private readonly BlobServiceClient _blobs;

    public StorageAccount(StorageAccountOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var tableOptions = Configure(new TableClientOptions(), options, "table");
        // Plain text on both sides: host.json says messageEncoding none.
        var queueOptions = Configure(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, options, "queue");
        var blobOptions = Configure(new BlobClientOptions(), options, "blob");
        Func<string, TableClient> table;
        if (options.ConnectionString is { } connection)
        {
            var groups = EntityGroupPipeline.Of(connection, tableOptions);
            table = name => new EntityGroupTable(connection, name, tableOptions, groups);
            _queues = new QueueServiceClient(connection, queueOptions);
            _blobs = new BlobServiceClient(connection, blobOptions);
        }
        else
        {
            var credential = options.Credential ?? new DefaultAzureCredential();
            var (tables, groups) = (Required(options.TableServiceUri, "table"), EntityGroupPipeline.Of(credential, tableOptions));
            table = name => new EntityGroupTable(tables, name, credential, tableOptions, groups);
            _queues = new QueueServiceClient(Required(options.QueueServiceUri, "queue"), credential, queueOptions);
            _blobs = new BlobServiceClient(Required(options.BlobServiceUri, "blob"), credential, blobOptions);
        }

        Deliveries = table("deliveries");
        Log = table("sendinglog");
        Schedule = table("schedule");
        Requests = table("requests");
        Paths = table("paths");
        Incidents = table("incidents");
        State = table("state");
        Sites = table("sites");
        TlsPolicies = table("tlspolicies");
        TlsReports = table("tlsreports");
        MessageIds = table("messageids");
        Domains = table("domains");
        WarmUp = table("warmup");
        Kpis = table("kpis");
        Traffic = table("traffic");
        Erasures = table("erasures");
        Feed = table("feed");
        Packs = _blobs.GetBlobContainerClient("packs");
        BounceMails = _blobs.GetBlobContainerClient("bounce-mails");
        Settings = _blobs.GetBlobContainerClient("settings");
        Bounces = _queues.GetQueueClient(QueueNames.Bounces);
        Feedback = _queues.GetQueueClient(QueueNames.Feedback);
        FeedbackPush = _queues.GetQueueClient(QueueNames.FeedbackPush);
        RelayMarketing = _queues.GetQueueClient(QueueNames.RelayMarketing);
        RelayTransactional = _queues.GetQueueClient(QueueNames.RelayTransactional);
    }

    /// <summary>What all clients of this account together have asked of storage.</summary>
    public StorageOperations Operations { get; } = new();

    /// <summary>One row per declared delivery, and the index of return-path keys.</summary>
    public TableClient Deliveries { get; }

    /// <summary>The sending log: message, batch, counter, throughput and feed rows of each partition, changed together.</summary>
    public TableClient Log { get; }

    /// <summary>Pointers by time to batches that wait, and to batches that somebody must look after.</summary>
    public TableClient Schedule { get; }

    /// <summary>Answers kept by Idempotency-Key.</summary>
    public TableClient Requests { get; }

    /// <summary>Paths: limits, leases, state and moves; and which processes live.</summary>
    public TableClient Paths { get; }

    /// <summary>What somebody should look at: poisoned work, lost content.</summary>
    public TableClient Incidents { get; }

    /// <summary>What holds for all instances: the mode.</summary>
    public TableClient State { get; }

    /// <summary>How sites answer usually, for the outage guard.</summary>
    public TableClient Sites { get; }

    /// <summary>MTA-STS policies that were fetched.</summary>
    public TableClient TlsPolicies { get; }

    /// <summary>Counts of TLS sessions by day and domain, for reports.</summary>
    public TableClient TlsReports { get; }

    /// <summary>Messages by Message-IDs that are not ours.</summary>
    public TableClient MessageIds { get; }

    /// <summary>Sending domains: the state of their DKIM selectors, no keys.</summary>
    public TableClient Domains { get; }

    /// <summary>How far cold egresses are with each provider.</summary>
    public TableClient WarmUp { get; }

    /// <summary>A delivery's counts by recipient domain.</summary>
    public TableClient Kpis { get; }

    /// <summary>Minutes of log partitions and paths by hour, for the throughput of the instance and of paths.</summary>
    public TableClient Traffic { get; }

    /// <summary>Recipients' data being erased, and what was.</summary>
    public TableClient Erasures { get; }

    /// <summary>The order of all events, and how far they were pushed.</summary>
    public TableClient Feed { get; }

    public BlobContainerClient Packs { get; }

    public BlobContainerClient BounceMails { get; }

    /// <summary>What users set while the app runs: <c>bounce-rules.json</c>, <c>mx-rules.json</c>.</summary>
    public BlobContainerClient Settings { get; }

    public QueueClient Bounces { get; }

    public QueueClient Feedback { get; }

    public QueueClient FeedbackPush { get; }

    public QueueClient RelayMarketing { get; }

    public QueueClient RelayTransactional { get; }

    public QueueClient Relay(Lane lane) => lane == Lane.Transactional ? RelayTransactional : RelayMarketing;

    /// <summary>Every queue, and the poison queue that the host may have made for it.</summary>
    public IEnumerable<QueueClient> AllQueues() =>
        new[] { Bounces, Feedback, FeedbackPush, RelayMarketing, RelayTransactional }.SelectMany(q => new[] { q, _queues.GetQueueClient(q.Name + QueueNames.PoisonSuffix) });

    /// <summary>Creates what is missing. Safe to call by every instance at once.</summary>
    public async Task EnsureCreatedAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            new[] { Deliveries, Log, Schedule, Requests, Paths, Incidents, State, Sites, MessageIds, Domains, WarmUp, Erasures, TlsPolicies, TlsReports, Kpis, Traffic, Feed }.Select(t => (Task)t.CreateIfNotExistsAsync(cancellationToken))
            .Concat(new[] { Bounces, Feedback, FeedbackPush, RelayMarketing, RelayTransactional }.Select(q => (Task)q.CreateIfNotExistsAsync(null, cancellationToken)))
            .Concat(new[] { Packs, BounceMails, Settings }.Select(c => (Task)c.CreateIfNotExistsAsync(cancellationToken: cancellationToken)))).ConfigureAwait(false);
    }

    /// <summary>One cheap request, for the health check.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage does not answer.</exception>
    public async Task PingAsync(CancellationToken cancellationToken) =>
        await Deliveries.GetEntityIfExistsAsync<TableEntity>("ping", "ping", [], cancellationToken).ConfigureAwait(false);

    private static Uri Required(Uri? uri, string service) =>
        uri ?? throw new ArgumentException($"Storage: neither a connection string nor the {service} service's address is set (AzureWebJobsStorage, or AzureWebJobsStorage__{service}ServiceUri).");

    private T Configure<T>(T client, StorageAccountOptions options, string service) where T : ClientOptions
    {
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.MaxRetries = 5;
        client.Retry.Delay = options.RetryDelay;
        client.Retry.MaxDelay = TimeSpan.FromSeconds(10);
        client.Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
        // Both cost more than the request itself when thousands a second are made; metrics count batches instead.
        client.Diagnostics.IsLoggingEnabled = false;
        client.Diagnostics.IsDistributedTracingEnabled = false;
        client.AddPolicy(new StorageOperations(service, Operations), HttpPipelinePosition.PerRetry);
        foreach (var policy in options.Policies)
            client.AddPolicy(policy, HttpPipelinePosition.PerRetry);
        return client;
    }
}
