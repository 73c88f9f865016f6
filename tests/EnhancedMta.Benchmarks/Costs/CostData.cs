using System.Text.Json;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Benchmarks.Costs;

/// <summary><c>infra/costs/prices.json</c>.</summary>
internal sealed record Prices(
    string Currency, string Region, DateOnly AsOf, string Source, FunctionPrices Functions, StoragePrices Storage, NetworkPrices Network,
    double ProxyVmHour, double ProxyDiskMonth, double LogGB, double FreeLogGB, double LogAlertMonth, double MetricAlertMonth);

internal sealed record FunctionPrices(
    double OnDemandGBSecond, double OnDemandMillionExecutions, double FreeGBSeconds, double FreeExecutions, double AlwaysReadyGBSecond, double LeastSecondsPerExecution);

internal sealed record StoragePrices(
    double BlobWritesPer10000, double BlobReadsPer10000, double QueueOperationsPer10000, double TableOperationsPer10000, double BlobGBMonth, double TableGBMonth);

internal sealed record NetworkPrices(
    double NatGatewayHour, double NatGatewayGB, double PublicIpHour, double PrivateEndpointHour, double PrivateEndpointGB, double DnsZoneMonth, double InternetGB, double FreeInternetGB);

/// <summary><c>infra/costs/workload.json</c>: what a message costs in work, apart by how we know it.</summary>
internal sealed record Workload(MeasuredWork Measured, DesignedWork ByDesign, AssumedWork Assumed, IReadOnlyList<Volume> Volumes);

internal sealed record MeasuredWork(string Source, double CpuSecondsPer1000Messages, double StorageOperationsPerMessage);

internal sealed record DesignedWork(
    string Source, double MessagesPerBatch, double BlobWritesPerBatch, double BlobReadsPerBatch, double QueueOperationsPerBatch, double MessagesPerRelayRequest,
    double TimerRunsPerMinute, double PackDays, double InstanceGB, double AlwaysReadyInstances, double PrivateEndpoints, double DnsZones, double LogAlerts, bool LogsStorageRequests);

internal sealed record AssumedWork(
    string Source, double MessageKB, double CpuShareOfActiveTime, double AttemptsPerMessage, double PackCompression, double TableKBPerMessage, double RetentionDays,
    double LogKBPerExecution, double LogKBPerStorageRequest, double MetricKBPerInstanceMinute, double WireOverhead);

internal sealed record Volume(long MessagesPerMonth, int Proxies, int PrefixIps);

/// <summary>Both files.</summary>
internal sealed record CostData(Prices Prices, Workload Workload)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true };

    public static string Folder => Path.Combine(RepositoryRoot.Find(), "infra", "costs");

    /// <exception cref="JsonException">A file lacks a figure, or has one that nobody knows.</exception>
    public static CostData Load() => new(Read<Prices>("prices.json"), Read<Workload>("workload.json"));

    private static T Read<T>(string name) => JsonSerializer.Deserialize<T>(File.ReadAllBytes(Path.Combine(Folder, name)), Format)!;
}
