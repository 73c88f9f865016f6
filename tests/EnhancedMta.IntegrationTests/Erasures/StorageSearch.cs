using System.Text;
using Azure.Data.Tables;
using EnhancedMta.Packs;
using EnhancedMta.Storage;

namespace EnhancedMta.IntegrationTests.Erasures;

/// <summary>Looks for words in all that an account holds: every column of every row, every queue message, every blob, packs unpacked.</summary>
internal static class StorageSearch
{
    /// <returns>Where they stand.</returns>
    public static async Task<IReadOnlyList<string>> FindAsync(StorageAccount storage, string words)
    {
        var found = new List<string>();
        foreach (var table in new[] { storage.Deliveries, storage.Log, storage.Schedule, storage.Requests, storage.Paths, storage.Incidents, storage.State, storage.Sites, storage.MessageIds, storage.Domains, storage.WarmUp, storage.TlsPolicies, storage.TlsReports, storage.Erasures })
        {
            await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: TestContext.Current.CancellationToken))
                found.AddRange(row.Where(c => Text(c.Value).Contains(words, StringComparison.OrdinalIgnoreCase)).Select(c => $"{table.Name} {row.PartitionKey} {row.RowKey} {c.Key}: {Text(c.Value)}"));
        }

        foreach (var queue in storage.AllQueues())
        {
            if (await queue.ExistsAsync(TestContext.Current.CancellationToken))
                found.AddRange((await queue.PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value.Where(m => m.MessageText.Contains(words, StringComparison.OrdinalIgnoreCase)).Select(m => $"{queue.Name}: {m.MessageText}"));
        }

        foreach (var container in new[] { storage.Packs, storage.BounceMails, storage.Settings })
        {
            await foreach (var blob in container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
            {
                if (container == storage.Packs)
                {
                    using var pack = (await new PackStore(container).ReadAsync(blob.Name, TestContext.Current.CancellationToken))!;
                    var all = string.Join('\n', pack.Header.Items.Select((item, i) => $"{item} {item.To} {Encoding.UTF8.GetString(pack.Content(i).Span)}"));
                    if (all.Contains(words, StringComparison.OrdinalIgnoreCase))
                        found.Add($"{blob.Name}: {all}");
                }
                else if ((await container.GetBlobClient(blob.Name).DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content.ToString().Contains(words, StringComparison.OrdinalIgnoreCase))
                {
                    found.Add(blob.Name);
                }
            }
        }

        return found;
    }

    private static string Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        BinaryData data => data.ToString(),
        _ => value?.ToString() ?? "",
    };
}
