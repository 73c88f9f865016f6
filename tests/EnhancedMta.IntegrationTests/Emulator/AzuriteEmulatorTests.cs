using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Emulator;

public sealed class AzuriteEmulatorTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_of_ones_own_starts_empty_and_stays_apart()
    {
        string mine = azurite.NewAccount(), other = azurite.NewAccount();
        await new QueueServiceClient(mine).CreateQueueAsync("same-name", cancellationToken: Cancel);
        await new TableServiceClient(mine).CreateTableAsync("samename", Cancel);
        await new BlobServiceClient(mine).CreateBlobContainerAsync("same-name", cancellationToken: Cancel);

        Assert.Single(await new QueueServiceClient(mine).GetQueuesAsync(cancellationToken: Cancel).ToListAsync(Cancel));
        Assert.Empty(await new QueueServiceClient(other).GetQueuesAsync(cancellationToken: Cancel).ToListAsync(Cancel));
        Assert.Empty(await new TableServiceClient(other).QueryAsync(cancellationToken: Cancel).ToListAsync(Cancel));
        Assert.Empty(await new BlobServiceClient(other).GetBlobContainersAsync(cancellationToken: Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task It_answers_while_it_runs_and_not_after_and_keeps_its_data_in_the_folder()
    {
        var folder = Directory.CreateTempSubdirectory("azurite-").FullName;
        string first;
        await using (var emulator = await AzuriteEmulator.StartAsync(new() { Folder = folder }, Cancel))
        {
            first = emulator.ConnectionString;
            Assert.True(await AzuriteEmulator.AnswersAsync(first, Cancel));
            await new TableServiceClient(first).CreateTableAsync("kept", Cancel);

            var second = await Assert.ThrowsAsync<InvalidOperationException>(() => AzuriteEmulator.StartAsync(new() { Folder = folder }, Cancel));
            Assert.Contains(folder, second.Message, StringComparison.Ordinal);
        }
        Assert.False(await AzuriteEmulator.AnswersAsync(first, Cancel));

        await using (var again = await AzuriteEmulator.StartAsync(new() { Folder = folder }, Cancel))
        {
            var tables = await new TableServiceClient(again.ConnectionString).QueryAsync(cancellationToken: Cancel).ToListAsync(Cancel);
            Assert.Equal("kept", Assert.Single(tables).Name);
        }
        Directory.Delete(folder, recursive: true);
    }
}
