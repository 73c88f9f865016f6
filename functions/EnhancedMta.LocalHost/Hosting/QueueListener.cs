using Azure;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Feeds one function from its queue, as the Functions host does: batches, a threshold for the next one, back-off when empty.</summary>
internal sealed class QueueListener(
    FunctionDescriptor function, TriggerQueue queue, QueueSettings settings, TimeSpan invisible,
    QueueSignal signal, QueueReads reads, FunctionRuntime runtime, Random random, ILogger logger)
{
    private readonly Dictionary<Task, MessageRun> _running = [];
    private Task _loop = Task.CompletedTask;

    /// <summary>The loop ends when the host begins to stop.</summary>
    public void Start() => _loop = Task.Run(ListenAsync);

    /// <summary>After the host began to stop: waits for the runs, then gives back the messages of those that did not end.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await _loop;
        await Task.WhenAny(Task.WhenAll(_running.Keys), Task.Delay(grace));
        await Task.WhenAll(_running.Where(run => !run.Key.IsCompleted).Select(run => run.Value.GiveBackAsync()));
    }

    private async Task ListenAsync()
    {
        var stopping = runtime.Stopping;
        var backoff = new PollingBackoff(settings.MaxPollingInterval, random);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await WaitForRoomAsync(stopping);
                if (await FetchAsync()) backoff.Reset();
                else await signal.WaitAsync(queue.Name, backoff.Next(), stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning("Queue {Queue} cannot be read: {Reason}", queue.Name, e.Message);
                await Task.WhenAny(Task.Delay(settings.MaxPollingInterval, stopping));
            }
        }
    }

    private async Task WaitForRoomAsync(CancellationToken stopping)
    {
        while (true)
        {
            foreach (var done in _running.Keys.Where(run => run.IsCompleted).ToList()) _running.Remove(done);
            if (_running.Count <= settings.NewBatchThreshold) return;
            await Task.WhenAny(_running.Keys).WaitAsync(stopping);
        }
    }

    private async Task<bool> FetchAsync()
    {
        QueueMessage[] messages;
        try
        {
            // Not cancelled: a reply that nobody reads would hide its messages until they lapse.
            messages = await queue.Client.ReceiveMessagesAsync(settings.BatchSize, invisible, CancellationToken.None);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Somebody deleted the queue.
            await queue.Client.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
            return false;
        }
        reads.Add(messages.Length);
        foreach (var message in messages)
        {
            var run = new MessageRun(message, function, queue, settings, invisible, signal, runtime, logger);
            _running.Add(Task.Run(run.ProcessAsync), run);
        }
        return messages.Length > 0;
    }
}
