using System.Globalization;
using Azure;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>One message through its function: hidden while it runs; then deleted, put back for another try, or poisoned.</summary>
internal sealed class MessageRun(
    QueueMessage message, FunctionDescriptor function, TriggerQueue queue, QueueSettings settings, TimeSpan invisible,
    QueueSignal signal, FunctionRuntime runtime, ILogger logger)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _popReceipt = message.PopReceipt;
    private Task _renewal = Task.CompletedTask;
    private int _settled;

    /// <summary>Never throws: what fails is logged, and the message comes back by itself.</summary>
    public async Task ProcessAsync()
    {
        try
        {
            // Its last try never reported back: a message that takes its host down must not do so for ever.
            if (queue.Poison is not null && message.DequeueCount > settings.MaxDequeueCount)
            {
                await PoisonAsync();
                return;
            }
            _renewal = RenewAsync();
            var failure = await RunAsync();
            await SettleAsync(failure);
        }
        catch (Exception e)
        {
            logger.LogError(e, "{Function}: message {MessageId} could not be settled and comes back later", function.Name, message.MessageId);
        }
    }

    /// <summary>The host stops and does not wait for this run any longer: another host may have the message at once.</summary>
    public async Task GiveBackAsync()
    {
        if (!await EndAsync()) return;
        try
        {
            await HideAsync(TimeSpan.Zero);
            logger.LogWarning("{Function} did not end in time; message {MessageId} is given back", function.Name, message.MessageId);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            logger.LogWarning("{Function}: message {MessageId} cannot be given back now and comes back later: {Reason}", function.Name, message.MessageId, e.Message);
        }
    }

    private async Task<Exception?> RunAsync()
    {
        try
        {
            // Fetched while the host began to stop.
            runtime.Stopping.ThrowIfCancellationRequested();
            await using var invocation = runtime.Start(function, message, BindingData(), CancellationToken.None);
            await invocation.RunAsync();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task SettleAsync(Exception? failure)
    {
        if (!await EndAsync()) return;
        if (failure is null)
        {
            await DeleteAsync();
        }
        else if (runtime.Stopping.IsCancellationRequested)
        {
            logger.LogInformation("{Function} was stopped; message {MessageId} is given back", function.Name, message.MessageId);
            await HideAsync(TimeSpan.Zero);
        }
        else
        {
            logger.LogError(failure, "{Function} failed on message {MessageId}, try {Try} of {Tries}",
                function.Name, message.MessageId, message.DequeueCount, settings.MaxDequeueCount);
            // In a poison queue it stays hidden until it lapses: the host's brake on an endless loop.
            if (queue.Poison is null) return;
            if (message.DequeueCount >= settings.MaxDequeueCount) await PoisonAsync();
            else await HideAsync(settings.VisibilityTimeout);
        }
    }

    private async Task PoisonAsync()
    {
        await queue.SendToPoisonAsync(message.Body, CancellationToken.None);
        await DeleteAsync();
        logger.LogWarning("{Function}: message {MessageId} moved to {Queue} after {Tries} tries", function.Name, message.MessageId, queue.Poison!.Name, settings.MaxDequeueCount);
        signal.Pulse(queue.Poison.Name);
    }

    /// <summary>True for the one that may decide what becomes of the message; the pop receipt is the last one then.</summary>
    private async Task<bool> EndAsync()
    {
        if (Interlocked.Exchange(ref _settled, 1) == 1) return false;
        _ended.SetResult();
        await _renewal;
        return true;
    }

    private async Task RenewAsync()
    {
        try
        {
            while (!await EndsWithinAsync(invisible / 2)) await HideAsync(invisible);
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            logger.LogWarning("{Function}: message {MessageId} cannot be kept hidden and may run twice: {Reason}", function.Name, message.MessageId, e.Message);
        }
    }

    private async Task<bool> EndsWithinAsync(TimeSpan time)
    {
        try
        {
            await _ended.Task.WaitAsync(time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Never cancelled on the way: each answer holds the only receipt that settles the message.
    private async Task HideAsync(TimeSpan time) =>
        _popReceipt = (await queue.Client.UpdateMessageAsync(message.MessageId, _popReceipt, visibilityTimeout: time, cancellationToken: CancellationToken.None)).Value.PopReceipt;

    private async Task DeleteAsync()
    {
        try
        {
            await queue.Client.DeleteMessageAsync(message.MessageId, _popReceipt, CancellationToken.None);
        }
        catch (RequestFailedException e) when (e.Status is 400 or 404)
        {
            logger.LogWarning("{Function}: message {MessageId} was taken by another before this run ended", function.Name, message.MessageId);
        }
    }

    private Dictionary<string, object?> BindingData() => new()
    {
        ["Id"] = message.MessageId,
        ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
        ["InsertionTime"] = message.InsertedOn?.ToString("O", CultureInfo.InvariantCulture),
        ["ExpirationTime"] = message.ExpiresOn?.ToString("O", CultureInfo.InvariantCulture),
        ["PopReceipt"] = message.PopReceipt,
    };
}
