using Azure.Data.Tables;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.SendingLog;

namespace EnhancedMta.IntegrationTests.Bounces;

/// <summary>Reads a delivery's events as Campaign will be told them.</summary>
internal static class Feed
{
    public static async Task<IReadOnlyList<DeliveryEvent>> ReadAsync(MtaUnderTest mta, string deliveryId)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var delivery = await new DeliveryStore(mta.Storage.Deliveries, TimeProvider.System).FindAsync(deliveryId, cancellationToken);
        var events = new List<DeliveryEvent>();
        foreach (var partition in delivery!.Partitions)
        {
            await foreach (var page in mta.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.PagePrefix), cancellationToken: cancellationToken))
                events.AddRange(FeedPage.Read(page));
        }
        return events;
    }
}
