using Azure.Data.Tables;
using EnhancedMta.MessageIds;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.MessageIds;

/// <summary>Messages are found by a Message-ID of their own, however many came with them, and an entry costs a fraction of a row.</summary>
public sealed class MessageIdIndexTests(AzuriteFixture azurite)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(40, 40)]
    [InlineData(2_000, 256)]
    // More than is written at a time: its buckets take several writes.
    [InlineData(60_000, 1_024)]
    public async Task Each_message_of_a_request_is_found_and_large_requests_share_rows(int messages, int mostRows)
    {
        var (index, table) = await IndexAsync();
        await WriteAsync(index, Enumerable.Range(0, messages).Select(n => ($"<{n}.campaign@sender.example>", new LogPartition("delivery", n % 32), $"m{n}")));

        Assert.InRange(await CountAsync(table), 1, mostRows);
        for (var n = 0; n < messages; n += Math.Max(1, messages / 37))
            Assert.Equal((new LogPartition("delivery", n % 32), $"m{n}"), await index.FindAsync($"{n}.campaign@sender.example ", Cancel));
        Assert.Null(await index.FindAsync("<nobody@sender.example>", Cancel));
    }

    [Fact]
    public async Task Ids_of_any_length_fit()
    {
        var (index, _) = await IndexAsync();
        var tail = new string('x', 500);
        await WriteAsync(index, Enumerable.Range(0, 5_000).Select(n => ($"<{n}@a>", new LogPartition("delivery" + tail, 1), $"{n}{tail}")));
        for (var n = 0; n < 5_000; n += 499)
            Assert.Equal($"{n}{tail}", (await index.FindAsync($"<{n}@a>", Cancel))?.MessageId);
    }

    [Fact]
    public async Task The_last_use_of_a_Message_ID_holds_and_a_search_looks_weeks_back()
    {
        var (index, table) = await IndexAsync();
        await WriteAsync(index, Many("first"));
        _clock.Advance(TimeSpan.FromDays(7));
        await WriteAsync(index, Many("second"));
        // The same request once more.
        await WriteAsync(index, Many("second"));
        Assert.Equal("second7", (await index.FindAsync("<7@a>", Cancel))?.MessageId);

        _clock.Advance(TimeSpan.FromDays(14));
        Assert.Equal("second7", (await index.FindAsync("<7@a>", Cancel))?.MessageId);
        Assert.NotEqual(0, await CountAsync(table, MessageIdIndex.FilterBefore(_clock.GetUtcNow())));
        _clock.Advance(TimeSpan.FromDays(7));
        Assert.Null(await index.FindAsync("<7@a>", Cancel));
        Assert.Equal(await CountAsync(table), await CountAsync(table, MessageIdIndex.FilterBefore(_clock.GetUtcNow())));

        IEnumerable<(string, LogPartition, string)> Many(string word) => Enumerable.Range(0, 800).Select(n => ($"<{n}@a>", new LogPartition("d", 0), $"{word}{n}"));
    }

    private async Task<(MessageIdIndex Index, TableClient Table)> IndexAsync()
    {
        var storage = new StorageAccount(new StorageAccountOptions { ConnectionString = azurite.NewAccount() });
        await storage.MessageIds.CreateIfNotExistsAsync(Cancel);
        return (new MessageIdIndex(storage.MessageIds, _clock), storage.MessageIds);
    }

    private static async Task WriteAsync(MessageIdIndex index, IEnumerable<(string Field, LogPartition Partition, string MessageId)> messages)
    {
        var entries = index.Begin();
        foreach (var (field, partition, id) in messages)
            await entries.AddAsync(field, partition, id, Cancel);
        await entries.CompleteAsync(Cancel);
    }

    private static async Task<int> CountAsync(TableClient table, string? filter = null) =>
        await table.QueryAsync<TableEntity>(filter, select: ["PartitionKey"], cancellationToken: Cancel).CountAsync(Cancel);
}
