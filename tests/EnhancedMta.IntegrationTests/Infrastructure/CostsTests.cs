using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Costs;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>What a month costs.</summary>
[SupportedOSPlatform("linux")]
public sealed class CostsTests
{
    private static readonly CostData Data = CostData.Load();

    [Fact]
    public void The_table_of_the_readme_is_the_programs()
    {
        var readme = File.ReadAllText(Path.Combine(Bicep.Folder, "README.md"));
        // Else: dotnet run --project tests/EnhancedMta.Benchmarks -- costs --update
        Assert.Equal(CostTable.Put(readme, CostTable.Of(Data)), readme);
    }

    [Fact]
    public void The_sum_is_right_for_a_month_that_can_be_reckoned_by_hand()
    {
        // One second of CPU in four for each message, one message a batch, no timers, all else for nothing.
        var prices = Data.Prices with
        {
            Functions = new(OnDemandGBSecond: 0.01, OnDemandMillionExecutions: 0, FreeGBSeconds: 100, FreeExecutions: 0, AlwaysReadyGBSecond: 0, LeastSecondsPerExecution: 1),
            Storage = new(BlobWritesPer10000: 10_000, BlobReadsPer10000: 0, QueueOperationsPer10000: 0, TableOperationsPer10000: 1_000, BlobGBMonth: 0, TableGBMonth: 0),
            Network = new(0, 0, 0, 0, 0, 0, 0, 0),
            ProxyVmHour = 0,
            ProxyDiskMonth = 0,
            LogGB = 0,
            LogAlertMonth = 0,
            MetricAlertMonth = 0,
        };
        var workload = Data.Workload with
        {
            Measured = new("", CpuSecondsPer1000Messages: 1_000, StorageOperationsPerMessage: 10),
            ByDesign = Data.Workload.ByDesign with { MessagesPerBatch = 1, BlobWritesPerBatch = 1, BlobReadsPerBatch = 1, QueueOperationsPerBatch = 3, TimerRunsPerMinute = 0, InstanceGB = 2 },
            Assumed = Data.Workload.Assumed with { AttemptsPerMessage = 1, CpuShareOfActiveTime = 0.25 },
        };
        var month = MonthlyCost.Of(new CostData(prices, workload), new Volume(1_000, 0, 0));
        Assert.Equal(8_000, month.GBSeconds, 6);
        Assert.Equal(10_000, month.StorageOperations, 6);
        Assert.Equal((8_000 - 100) * 0.01, month.Lines.Single(l => l.What == "Functions, on demand").Cost, 6);
        // A thousand packs at 1 each, and five of ten operations at 0.1.
        Assert.Equal(1_000 + 500, month.Lines.Single(l => l.What == "Storage operations").Cost, 6);
        Assert.Equal(79 + 1_500, month.Total, 6);
    }

    [Fact]
    public void Prices_say_of_when_and_whence_they_are()
    {
        Assert.True(Data.Prices.AsOf > new DateOnly(2026, 1, 1));
        Assert.Contains("https://azure.microsoft.com/pricing/", Data.Prices.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_counted_is_what_is_deployed()
    {
        var deployment = await Bicep.ExpandAsync("prod");
        var design = Data.Workload.ByDesign;
        Assert.Equal(design.PrivateEndpoints, deployment.Of("Microsoft.Network/privateEndpoints").Count());
        Assert.Equal(design.DnsZones, deployment.Of("Microsoft.Network/privateDnsZones").Count());
        Assert.Equal(design.LogAlerts, deployment.Of("Microsoft.Insights/scheduledQueryRules").Count());
        var scaling = deployment.The("Microsoft.Web/sites").At("properties.functionAppConfig.scaleAndConcurrency");
        Assert.Equal(design.InstanceGB * 1024, scaling.GetProperty("instanceMemoryMB").GetInt32());
        Assert.Equal(design.AlwaysReadyInstances, scaling.GetProperty("alwaysReady").EnumerateArray().Sum(r => r.GetProperty("instanceCount").GetInt32()));
        Assert.Equal(Data.Workload.Volumes[0].Proxies, deployment.Of("Microsoft.Compute/virtualMachines").Count());
        Assert.Equal(1 << 32 - deployment.The("Microsoft.Network/publicIPPrefixes").At("properties.prefixLength").GetInt32(), Data.Workload.Volumes[0].PrefixIps);
    }
}
