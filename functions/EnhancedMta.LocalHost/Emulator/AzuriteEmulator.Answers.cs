using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace EnhancedMta.LocalHost.Emulator;

public sealed partial class AzuriteEmulator
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);

    /// <summary>Whether the connection string means the emulator on its standard ports rather than a storage account.</summary>
    public static bool IsDevelopmentStorage(string connectionString) =>
        connectionString.Contains("UseDevelopmentStorage=true", StringComparison.OrdinalIgnoreCase);

    /// <summary>True when blob, queue and table service of a connection string all take a signed request.</summary>
    public static async Task<bool> AnswersAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        try
        {
            await Task.WhenAll(
                new BlobServiceClient(connectionString, Once(new BlobClientOptions())).GetPropertiesAsync(cancellationToken),
                new QueueServiceClient(connectionString, Once(new QueueClientOptions())).GetPropertiesAsync(cancellationToken),
                new TableServiceClient(connectionString, Once(new TableClientOptions())).GetPropertiesAsync(cancellationToken));
            return true;
        }
        catch (Exception e) when (e is RequestFailedException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static T Once<T>(T options) where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = AnswerLimit;
        return options;
    }
}
