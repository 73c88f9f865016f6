namespace EnhancedMta.Benchmarks.Costs;

/// <summary>What a month costs, by what it is for.</summary>
/// <param name="Messages">Relayed in the month.</param>
/// <param name="GBSeconds">On demand: gigabytes of active instances times seconds.</param>
/// <param name="StorageOperations">All kinds.</param>
/// <param name="Lines">In the prices' currency.</param>
internal sealed record MonthlyCost(long Messages, double GBSeconds, double StorageOperations, IReadOnlyList<(string What, double Cost)> Lines)
{
    private const double HoursPerMonth = 730;
    private const double DaysPerMonth = HoursPerMonth / 24;
    private const double SecondsPerMonth = HoursPerMonth * 3600;
    private const double KBPerGB = 1_000_000;

    public double Total => Lines.Sum(line => line.Cost);

    public double PerThousand => Total * 1_000 / Messages;

    public static MonthlyCost Of(CostData data, Volume volume)
    {
        var (prices, work) = (data.Prices, data.Workload);
        var (design, assumed) = (work.ByDesign, work.Assumed);
        double messages = volume.MessagesPerMonth;
        var attempts = messages * assumed.AttemptsPerMessage;
        var batches = attempts / design.MessagesPerBatch;
        var timerRuns = design.TimerRunsPerMinute * HoursPerMonth * 60;

        // An instance is paid for while it is active, and it is active while it waits for servers as well.
        var activeSeconds = work.Measured.CpuSecondsPer1000Messages / 1_000 * attempts / assumed.CpuShareOfActiveTime;
        var timerSeconds = timerRuns * prices.Functions.LeastSecondsPerExecution;
        var gigabyteSeconds = (activeSeconds + timerSeconds) * design.InstanceGB;
        var executions = batches + messages / design.MessagesPerRelayRequest + timerRuns;

        var operations = work.Measured.StorageOperationsPerMessage * attempts;

        var contentGB = messages * assumed.MessageKB / KBPerGB;
        var packGB = contentGB * assumed.PackCompression * design.PackDays / DaysPerMonth;
        var tableGB = messages * assumed.TableKBPerMessage / KBPerGB * assumed.RetentionDays / DaysPerMonth;
        var logGB = (executions * assumed.LogKBPerExecution
            + (design.LogsStorageRequests ? operations * assumed.LogKBPerStorageRequest : 0)
            + (activeSeconds / 60 + design.AlwaysReadyInstances * HoursPerMonth * 60) * assumed.MetricKBPerInstanceMinute) / KBPerGB;
        // Packs go through the private endpoint twice: in, and out to be sent.
        var privateGB = 2 * contentGB * assumed.PackCompression + tableGB;
        var sentGB = contentGB * assumed.AttemptsPerMessage * assumed.WireOverhead;

        return new MonthlyCost(volume.MessagesPerMonth, gigabyteSeconds, operations,
        [
            ("Functions, on demand", Above(gigabyteSeconds, prices.Functions.FreeGBSeconds) * prices.Functions.OnDemandGBSecond
                + Above(executions, prices.Functions.FreeExecutions) / 1e6 * prices.Functions.OnDemandMillionExecutions),
            ("Functions, always ready", design.AlwaysReadyInstances * design.InstanceGB * SecondsPerMonth * prices.Functions.AlwaysReadyGBSecond),
            ("Storage operations", StorageRequestCost.Of(data, operations, batches)),
            ("Storage kept", packGB * prices.Storage.BlobGBMonth + tableGB * prices.Storage.TableGBMonth),
            ("Proxies: VMs, disks, IPs", volume.Proxies * (prices.ProxyVmHour * HoursPerMonth + prices.ProxyDiskMonth) + volume.PrefixIps * prices.Network.PublicIpHour * HoursPerMonth),
            ("NAT gateway and its IP", (prices.Network.NatGatewayHour + prices.Network.PublicIpHour) * HoursPerMonth),
            ("Private endpoints, DNS zones", design.PrivateEndpoints * prices.Network.PrivateEndpointHour * HoursPerMonth + privateGB * prices.Network.PrivateEndpointGB
                + design.DnsZones * prices.Network.DnsZoneMonth),
            ("Mail sent, as traffic", Above(sentGB, prices.Network.FreeInternetGB) * prices.Network.InternetGB),
            ("Logs and metrics", Above(logGB, prices.FreeLogGB) * prices.LogGB),
            ("Alerts", design.LogAlerts * prices.LogAlertMonth + volume.Proxies * prices.MetricAlertMonth),
        ]);
    }

    private static double Above(double amount, double free) => Math.Max(0, amount - free);
}
