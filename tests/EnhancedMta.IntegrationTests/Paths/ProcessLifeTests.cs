using Azure.Core;
using Azure.Core.Pipeline;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Storage;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>Telling in time that one lives, with a storage that can be slow.</summary>
public sealed class ProcessLifeTests(AzuriteFixture azurite) : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(80);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly SlowWrites _writes = new();
    private readonly string _connection = azurite.NewAccount();
    private ProcessLife _life = null!;
    private ProcessLife _other = null!;

    public async ValueTask InitializeAsync()
    {
        var storage = new StorageAccount(new StorageAccountOptions { ConnectionString = _connection });
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        _writes.Clock = _clock;
        _life = new ProcessLife(new StorageAccount(new StorageAccountOptions { ConnectionString = _connection, Policies = [_writes] }).Paths, _clock, Lifetime);
        _other = new ProcessLife(storage.Paths, _clock, Lifetime);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _life.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Who_tells_in_time_keeps_its_name()
    {
        await BeatAsync();
        var name = _life.Id;
        for (var i = 0; i < 5; i++)
        {
            // Two thirds of a life, and a storage that takes a good while.
            _clock.Advance(TimeSpan.FromSeconds(50));
            _writes.Take = TimeSpan.FromSeconds(9);
            Assert.True(await BeatAsync());
            Assert.Equal((name, true), (_life.Id, _life.IsTrusted));
        }
    }

    [Fact]
    public async Task Who_is_late_has_a_new_name()
    {
        await BeatAsync();
        var name = _life.Id;
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((false, false), (_life.IsTrusted, _life.IsEnding));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_life.IsEnding);
        Assert.False(await BeatAsync());
        Assert.NotEqual(name, _life.Id);
        Assert.True(_life.IsTrusted);
    }

    [Fact]
    public async Task Who_told_in_time_and_was_heard_too_late_has_a_new_name()
    {
        await BeatAsync();
        var name = _life.Id;
        _clock.Advance(TimeSpan.FromSeconds(55));
        // Others may have looked just before storage wrote it.
        _writes.Take = TimeSpan.FromSeconds(20);
        Assert.False(await BeatAsync());
        Assert.NotEqual(name, _life.Id);
        Assert.True(_life.IsTrusted);
    }

    [Fact]
    public async Task A_process_is_dead_only_when_it_was_so_at_the_time_of_asking()
    {
        await BeatAsync();
        var lease = new ConnectionLease(_life.Id, 1, 5, 5, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True(lease.Holds(_clock.GetUtcNow(), await AskAsync()));
        // What was heard then says that it is over by now; but it lives on.
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await BeatAsync());
        _clock.Advance(TimeSpan.FromSeconds(16));
        Assert.True(lease.Holds(_clock.GetUtcNow(), await AskAsync()));
        _clock.Advance(Lifetime);
        Assert.False(lease.Holds(_clock.GetUtcNow(), await AskAsync()));

        Task<IReadOnlyDictionary<string, DateTimeOffset>> AskAsync() => _other.OthersAsync([lease], TestContext.Current.CancellationToken);
    }

    private Task<bool> BeatAsync() => _life.BeatAsync(TestContext.Current.CancellationToken);

    /// <summary>A storage whose next request takes its time, of the clock that the processes know.</summary>
    private sealed class SlowWrites : HttpPipelinePolicy
    {
        public FakeTimeProvider? Clock { get; set; }

        public TimeSpan Take { get; set; }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("The pipeline's requests are asynchronous.");

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            Clock!.Advance(Take);
            Take = TimeSpan.Zero;
            await ProcessNextAsync(message, pipeline);
        }
    }
}
