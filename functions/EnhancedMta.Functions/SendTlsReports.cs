using EnhancedMta.TlsReports;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class SendTlsReports(ReportSending reports)
{
    // In time for the next tick, and for the host's own limit.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Function(nameof(SendTlsReports))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => reports.RunAsync(Limit, cancellationToken);
}
