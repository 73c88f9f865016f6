using Azure.Storage.Queues;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>A queue that triggers a function, and where its hopeless messages go.</summary>
internal sealed class TriggerQueue
{
    private const string PoisonSuffix = "-poison";

    /// <param name="connection">Connection string of the storage account.</param>
    /// <param name="name">The queue's name.</param>
    /// <param name="encoding">host.json's messageEncoding.</param>
    /// <param name="configure">Changes the clients' options; null for none.</param>
    public TriggerQueue(string connection, string name, QueueMessageEncoding encoding, Action<QueueClientOptions>? configure)
    {
        var options = new QueueClientOptions { MessageEncoding = encoding };
        configure?.Invoke(options);
        // A message that is not base64 can reach no function: straight to poison, as the Functions host does.
        options.MessageDecodingFailed += async failed =>
        {
            if (Poison is null) return;
            await SendToPoisonAsync(failed.ReceivedMessage!.Body, failed.CancellationToken);
            await failed.Queue.DeleteMessageAsync(failed.ReceivedMessage.MessageId, failed.ReceivedMessage.PopReceipt, failed.CancellationToken);
        };
        Client = new(connection, name, options);
        // The host does not poison a poison queue: what fails there rests and is tried again until its time to live ends.
        if (!name.EndsWith(PoisonSuffix, StringComparison.Ordinal)) Poison = new(connection, name + PoisonSuffix, options);
    }

    public QueueClient Client { get; }

    public string Name => Client.Name;

    public QueueClient? Poison { get; }

    public async Task SendToPoisonAsync(BinaryData body, CancellationToken cancellationToken)
    {
        await Poison!.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await Poison.SendMessageAsync(body, cancellationToken: cancellationToken);
    }
}
