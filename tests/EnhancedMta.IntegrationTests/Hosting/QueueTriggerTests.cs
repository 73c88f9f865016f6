using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.Hosting;

public sealed class QueueTriggerTests(AzuriteFixture azurite)
{
    private readonly string _connection = azurite.NewAccount();
    private readonly TestLog _log = new();
    private readonly QueueProbe _probe = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private QueueClient Queue => new(_connection, "work");

    [Fact]
    public async Task A_message_reaches_its_function_once_and_is_deleted()
    {
        await using var host = await FunctionHost.StartAsync(Options(), Cancel);
        await Queue.SendMessageAsync("<a & ü>", Cancel);

        await Eventually.IsTrueAsync(IsEmptyAsync, "the message is deleted");
        Assert.Equal(("<a & ü>", 1L), Assert.Single(_probe.Runs));
    }

    [Fact]
    public async Task After_five_failed_tries_a_message_moves_to_the_poison_queue_and_triggers_its_function()
    {
        _probe.Work = _ => throw new FormatException("cannot do that");
        await using var host = await FunctionHost.StartAsync(
            Options([typeof(WorkFunction), typeof(PoisonFunction)], new() { ["PoisonOf"] = "work" }), Cancel);
        await Queue.SendMessageAsync("bad", Cancel);

        await Eventually.IsTrueAsync(() => !_probe.Poisoned.IsEmpty, "the poison function runs");
        Assert.Equal("bad 1", Assert.Single(_probe.Poisoned));
        Assert.Equal([1, 2, 3, 4, 5], _probe.Runs.Select(run => run.DequeueCount));
        Assert.Equal(5, _log.Lines.Count(line => line.Level == LogLevel.Error && line.Text.Contains("cannot do that", StringComparison.Ordinal)));
        await Eventually.IsTrueAsync(IsEmptyAsync, "the message left its queue");
    }

    [Fact]
    public async Task A_message_whose_five_tries_all_killed_their_host_is_poisoned_without_a_sixth()
    {
        await Queue.CreateAsync(cancellationToken: Cancel);
        await Queue.SendMessageAsync("deadly", Cancel);
        for (var kill = 0; kill < 5; kill++)
        {
            var taken = (await Queue.ReceiveMessageAsync(cancellationToken: Cancel)).Value;
            await Queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: Cancel);
        }
        await using var host = await FunctionHost.StartAsync(Options(), Cancel);

        var poison = new QueueClient(_connection, "work-poison");
        await Eventually.IsTrueAsync(async () => await poison.ExistsAsync(Cancel) && !await IsEmptyAsync(poison), "the message is in the poison queue");
        Assert.Empty(_probe.Runs);
    }

    [Fact]
    public async Task A_failed_message_rests_for_the_visibility_timeout_of_host_json()
    {
        _probe.Work = _ => throw new FormatException();
        await using var host = await FunctionHost.StartAsync(
            Options([typeof(WorkFunction)], new() { ["AzureFunctionsJobHost:extensions:queues:visibilityTimeout"] = "01:00:00" }), Cancel);
        await Queue.SendMessageAsync("later", Cancel);

        await Eventually.IsTrueAsync(() => _log.Lines.Any(line => line.Level == LogLevel.Error), "the function failed");
        await host.StopAsync();
        Assert.Null((await Queue.ReceiveMessageAsync(cancellationToken: Cancel)).Value);
        Assert.False(await IsEmptyAsync());
    }

    [Fact]
    public async Task Renewal_keeps_a_message_hidden_that_runs_longer_than_it_is_invisible()
    {
        var release = new TaskCompletionSource();
        _probe.Work = _ => release.Task;
        await using var host = await FunctionHost.StartAsync(Options() with { MessageInvisible = TimeSpan.FromSeconds(1) }, Cancel);
        await Queue.SendMessageAsync("long", Cancel);
        await Eventually.IsTrueAsync(() => _probe.Running == 1, "the function runs");

        var until = Environment.TickCount64 + 3000;
        while (Environment.TickCount64 < until)
        {
            // A try to fetch, since a look at the queue would not show whether the message is hidden.
            Assert.Null((await Queue.ReceiveMessageAsync(TimeSpan.FromSeconds(1), Cancel)).Value);
            await Task.Delay(50, Cancel);
        }
        release.SetResult();
        await Eventually.IsTrueAsync(IsEmptyAsync, "the message is deleted with its renewed receipt");
        Assert.Single(_probe.Runs);
    }

    [Fact]
    public async Task What_a_killed_host_held_comes_back()
    {
        // The host loses its network for good, like a killed process: it can neither delete nor give back.
        var network = new Network();
        var dead = new QueueProbe { Work = token => Task.Delay(Timeout.Infinite, token) };
        var first = await FunctionHost.StartAsync(
            TestHost.Options(_connection, [typeof(WorkFunction)], _log, dead) with
            {
                MessageInvisible = TimeSpan.FromSeconds(1),
                ConfigureQueueClients = clients =>
                {
                    clients.AddPolicy(network, HttpPipelinePosition.PerRetry);
                    clients.Retry.MaxRetries = 0;
                },
            }, Cancel);
        await Queue.SendMessageAsync("held", Cancel);
        await Eventually.IsTrueAsync(() => dead.Running == 1, "the first host runs it");
        network.Cut = true;
        await first.StopAsync();

        await using var second = await FunctionHost.StartAsync(Options(), Cancel);
        await Eventually.IsTrueAsync(IsEmptyAsync, "the second host did the work");
        Assert.Equal(("held", 2L), Assert.Single(_probe.Runs));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stopping_host_gives_back_what_it_cannot_finish(bool functionListens)
    {
        _probe.Work = token => Task.Delay(Timeout.Infinite, functionListens ? token : Cancel);
        var host = await FunctionHost.StartAsync(Options() with { ShutdownGrace = TimeSpan.FromMilliseconds(200) }, Cancel);
        await Queue.SendMessageAsync("unfinished", Cancel);
        await Eventually.IsTrueAsync(() => _probe.Runs.Count == 1, "the function runs");
        await host.StopAsync();

        var back = (await Queue.ReceiveMessageAsync(cancellationToken: Cancel)).Value;
        Assert.Equal("unfinished", back.Body.ToString());
        Assert.Equal(2, back.DequeueCount);
    }

    [Fact]
    public async Task A_stopping_host_waits_for_a_function_that_ends_in_time()
    {
        _probe.Work = async token =>
        {
            await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await Task.Delay(300, Cancel);
        };
        var host = await FunctionHost.StartAsync(Options(), Cancel);
        await Queue.SendMessageAsync("finished", Cancel);
        await Eventually.IsTrueAsync(() => _probe.Running == 1, "the function runs");
        await host.StopAsync();

        Assert.True(await IsEmptyAsync());
    }

    [Fact]
    public async Task No_more_run_at_once_than_batch_size_and_threshold_together()
    {
        var release = new TaskCompletionSource();
        _probe.Work = _ => release.Task;
        await using var host = await FunctionHost.StartAsync(Options([typeof(WorkFunction)], new()
        {
            ["AzureFunctionsJobHost:extensions:queues:batchSize"] = "2",
            ["AzureFunctionsJobHost:extensions:queues:newBatchThreshold"] = "1",
        }), Cancel);
        for (var n = 0; n < 8; n++) await Queue.SendMessageAsync($"{n}", Cancel);

        await Eventually.IsTrueAsync(() => _probe.Running >= 2, "a first batch runs");
        release.SetResult();
        await Eventually.IsTrueAsync(IsEmptyAsync, "all are done");
        Assert.Equal(8, _probe.Runs.Count);
        Assert.InRange(_probe.MostAtOnce, 2, 3);
    }

    [Fact]
    public async Task With_base64_in_host_json_messages_are_decoded_and_what_is_not_base64_is_poisoned()
    {
        await using var host = await FunctionHost.StartAsync(
            Options([typeof(WorkFunction)], new() { ["AzureFunctionsJobHost:extensions:queues:messageEncoding"] = "base64" }), Cancel);
        await Queue.SendMessageAsync("not base64!", Cancel);
        await new QueueClient(_connection, "work", new() { MessageEncoding = QueueMessageEncoding.Base64 }).SendMessageAsync("héllo", Cancel);

        await Eventually.IsTrueAsync(IsEmptyAsync, "both are gone");
        Assert.Equal(("héllo", 1L), Assert.Single(_probe.Runs));
        Assert.False(await IsEmptyAsync(new(_connection, "work-poison")));
    }

    [Fact]
    public async Task A_message_sent_through_the_signal_policy_wakes_the_listener_of_its_queue_only()
    {
        var signal = new QueueSignal();
        var options = new QueueClientOptions();
        options.AddPolicy(new QueueSignalPolicy(signal), HttpPipelinePosition.PerCall);
        var queue = new QueueClient(_connection, "work", options);
        await queue.CreateAsync(cancellationToken: Cancel);
        var mine = signal.WaitAsync("work", TimeSpan.FromMinutes(5), Cancel);
        var other = signal.WaitAsync("other", TimeSpan.FromMinutes(5), Cancel);

        await queue.ReceiveMessagesAsync(Cancel);
        Assert.False(mine.IsCompleted);
        await queue.SendMessageAsync("wake up", Cancel);
        await mine.WaitAsync(TimeSpan.FromMinutes(3), Cancel);
        Assert.False(other.IsCompleted);
    }

    [Fact]
    public async Task Poison_queues_are_looked_at_less_often_than_others()
    {
        var looks = new Looks();
        await using var host = await FunctionHost.StartAsync(
            Options([typeof(WorkFunction), typeof(PoisonFunction)], new() { ["PoisonOf"] = "work" }) with { ConfigureQueueClients = clients => clients.AddPolicy(looks, HttpPipelinePosition.PerCall) }, Cancel);
        await Eventually.IsTrueAsync(() => looks.At("work") >= 30, "its queue is looked at");
        // Twice as long between two looks each time: six seconds take seven of them, a minute ten.
        Assert.InRange(looks.At("work-poison"), 1, 15);
    }

    private FunctionHostOptions Options() => Options([typeof(WorkFunction)], []);

    private FunctionHostOptions Options(IEnumerable<Type> classes, Dictionary<string, string?> settings) =>
        TestHost.Options(_connection, classes, _log, settings, _probe);

    private Task<bool> IsEmptyAsync() => IsEmptyAsync(Queue);

    // The approximate count holds hidden messages too, and Azurite's is exact.
    private static async Task<bool> IsEmptyAsync(QueueClient queue) => (await queue.GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount == 0;

    /// <summary>How often each queue was asked for messages.</summary>
    private sealed class Looks : HttpPipelineSynchronousPolicy
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

        public int At(string queue) => _counts.GetValueOrDefault(queue);

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Get && message.Request.Uri.Path.Split('/') is [.., var queue, "messages"])
                _counts.AddOrUpdate(queue, 1, (_, count) => count + 1);
        }
    }

    private sealed class Network : HttpPipelineSynchronousPolicy
    {
        public bool Cut { get; set; }

        public override void OnSendingRequest(HttpMessage message)
        {
            if (Cut) throw new Azure.RequestFailedException("the network is gone");
        }
    }
}
