using Azure.Data.Tables;

namespace EnhancedMta.SendingLog;

/// <summary>Reads a partition's minutes.</summary>
internal static class MinuteRows
{
    /// <param name="log">The sending log.</param>
    /// <param name="partition">Which.</param>
    /// <param name="since">The first minute.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public static IAsyncEnumerable<MinuteThroughput> SinceAsync(TableClient log, LogPartition partition, DateTimeOffset since, CancellationToken cancellationToken) =>
        log.QueryAsync<TableEntity>(
            $"PartitionKey eq '{partition.Key}' and RowKey ge '{LogKeys.Minute(since)}' and RowKey lt '{(char)(LogKeys.MinutePrefix[0] + 1)}'", cancellationToken: cancellationToken)
            .Select(MinuteThroughput.Read);
}
