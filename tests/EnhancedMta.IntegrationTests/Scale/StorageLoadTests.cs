using Azure;
using Azure.Core;
using Azure.Data.Tables;
using EnhancedMta.Deliveries;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Scale;

/// <summary>What the model of Azure's limits stands on: whose rows, and how many, the requests to storage are for.</summary>
public sealed class StorageLoadTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Rows_of_transactions_are_told_by_partition()
    {
        const int Messages = 300;
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, KeyValuePair.Create<string, string?>("LocalHost:CountStorage", "true"));
        await mta.DeclareAsync("d", new { expectedSize = 1_000 });
        await mta.RelayAsync("d", Enumerable.Range(0, Messages).Select(n => $"m{n}"));
        await Eventually.IsTrueAsync(() => mta.Sink.Ledger.Messages.Count == Messages, "the sink has all messages");
        await mta.SettledAsync("d", waiting: 0);

        var loads = mta.Host.Services.GetRequiredService<StorageLoad>().Loads;
        var log = loads.Where(l => l.Resource == "table sendinglog").ToList();
        Assert.Equal(Enumerable.Range(0, ShardCount.For(1_000)).Select(n => $"d~{n:D3}"), log.Select(l => l.Partition));
        // Each message's row is written when it is accepted and when it is settled; with it go few others.
        Assert.InRange(log.Sum(l => l.RowsWritten), 2 * Messages, 3 * Messages);
        Assert.All(log, l => Assert.InRange(l.RowsWritten, Messages / 2, 2 * Messages));
        Assert.Contains(loads, l => l is { Resource: "queue relay-marketing", Requests: >= 3 });
        Assert.Contains(loads, l => l is { Resource: "blob packs", Requests: >= 2 });
        Assert.Contains(loads, l => l is { Resource: "table schedule", RowsWritten: >= 1 } && l.Partition.StartsWith("guard~", StringComparison.Ordinal));
        // Reads of the counters: one row each, by everybody who asks for the Summary.
        Assert.True(log.Sum(l => l.RowsRead) >= log.Count);
    }

    [Fact]
    public async Task A_transaction_that_is_refused_counts_as_a_conflict_and_writes_nothing()
    {
        var load = new StorageLoad();
        var options = new TableClientOptions();
        options.AddPolicy(load, HttpPipelinePosition.PerRetry);
        var table = new TableClient(azurite.NewAccount(), "rows", options);
        await table.CreateAsync(TestContext.Current.CancellationToken);
        var row = new TableEntity("p", "r");
        TableTransactionAction[] add = [new(TableTransactionActionType.Add, row), new(TableTransactionActionType.Add, new TableEntity("p", Guid.NewGuid().ToString()))];
        await table.SubmitTransactionAsync(add, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.SubmitTransactionAsync([new(TableTransactionActionType.Add, row)], TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.UpdateEntityAsync(row, new ETag("W/\"datetime'2020-01-01T00%3A00%3A00Z'\""), cancellationToken: TestContext.Current.CancellationToken));
        var rows = Assert.Single(load.Loads, l => l is { Resource: "table rows", Partition: "p" });
        Assert.Equal((3L, 2L, 2L), (rows.Requests, rows.RowsWritten, rows.Conflicts));
    }
}
