using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.Providers;
using EnhancedMta.Storage;
using EnhancedMta.WarmUp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.WarmUp;

/// <summary>Processes that share budgets in one storage account, and a clock.</summary>
internal sealed class Instances(string account) : IDisposable
{
    public const string Provider = "google";

    private readonly List<WarmUpBudgets> _all = [];

    public static Egress Cold { get; } = new(1, "mta1.example.com", System.Net.IPAddress.Parse("192.0.2.1"));

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    /// <summary>Counts what all of them ask of storage.</summary>
    public StorageOperations Operations { get; } = new();

    public DateOnly Today => DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime);

    public WarmUpTable Table => new(Storage().WarmUp);

    public static async Task<Instances> StartAsync(AzuriteFixture azurite)
    {
        var instances = new Instances(azurite.NewAccount());
        await instances.Storage().WarmUp.CreateIfNotExistsAsync(TestContext.Current.CancellationToken);
        return instances;
    }

    /// <summary>One more process.</summary>
    public WarmUpBudgets Add(StorageFaults? faults = null)
    {
        var budgets = new WarmUpBudgets(
            new WarmUpTable(Storage(faults).WarmUp), WarmUpSchedule.BuiltIn, ProviderDirectory.BuiltIn, Time, new Random(_all.Count), NullLogger<WarmUpBudgets>.Instance);
        _all.Add(budgets);
        return budgets;
    }

    /// <summary>Lets the egress be on a day with the provider.</summary>
    public async Task SetDayAsync(int? day) =>
        await new WarmUpOperations(Table, Add(), WarmUpSchedule.BuiltIn, Time).SetAsync(Cold, Provider, day, isDryRun: false, TestContext.Current.CancellationToken);

    public async Task<WarmUpState> StateAsync() => (await Table.FindAsync(Cold.PublicId, Provider, TestContext.Current.CancellationToken))!.State;

    public void Dispose() => _all.ForEach(budgets => budgets.Dispose());

    private StorageAccount Storage(StorageFaults? faults = null) => new(new StorageAccountOptions
    {
        ConnectionString = account,
        Policies = faults is null ? [Operations] : [Operations, faults],
        RetryDelay = TimeSpan.FromMilliseconds(1),
    });
}
