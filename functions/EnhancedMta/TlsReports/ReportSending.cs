using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Addresses;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.TlsReports;

/// <summary>Sends each domain its report of the day before. Called by a timer, which runs in one process at a time.</summary>
public sealed partial class ReportSending
{
    // What processes counted before midnight is written by then.
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(30);

    /// <summary>RFC 8460 §5.5: not all at once.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromHours(4);

    /// <summary>RFC 8460 §5.5: failed ones are tried again for a day.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(20);

    private readonly TallyTable _table;
    private readonly ReportTargets _targets;
    private readonly ReportMail _mail;
    private readonly ReportPost _post;
    private readonly TlsReportOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<ReportSending> _logger;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    internal ReportSending(TallyTable table, ReportTargets targets, ReportMail mail, ReportPost post, TlsReportOptions options, TimeProvider clock, ILogger<ReportSending> logger) =>
        (_table, _targets, _mail, _post, _options, _clock, _logger) = (table, targets, mail, post, options, clock, logger);

    /// <summary>Sends what is due. A process that dies in the midst of it may send one report twice, under the same id.</summary>
    /// <param name="limit">Begins nothing new after it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (!_options.IsOn || now < _next)
            return;
        var started = TimeProvider.System.GetTimestamp();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        foreach (var day in new[] { today.AddDays(-2), today.AddDays(-1) })
        {
            await foreach (var domain in _table.ReadAsync(day, cancellationToken).ConfigureAwait(false))
            {
                if (TimeProvider.System.GetElapsedTime(started) > limit)
                    return;
                if (domain.IsReported || now < Due(day, domain.Domain))
                    continue;
                if (await ReportAsync(new TlsReport(domain.Domain, day, domain.Counts, _options), cancellationToken).ConfigureAwait(false) || now > Due(day, domain.Domain) + Patience)
                    await _table.MarkAsync(day, domain.Domain, cancellationToken).ConfigureAwait(false);
            }
        }
        await _table.ForgetAsync(today.AddDays(-4), cancellationToken).ConfigureAwait(false);
        _next = now + Interval;
    }

    /// <returns>Whether all who should have it do.</returns>
    private async Task<bool> ReportAsync(TlsReport report, CancellationToken cancellationToken)
    {
        var isSent = true;
        // A domain that took its record away gets nothing.
        foreach (var target in await _targets.FindAsync(report.Domain, cancellationToken).ConfigureAwait(false))
        {
            var failure = target.Scheme == "https"
                ? await _post.SendAsync(report, target, cancellationToken).ConfigureAwait(false)
                : await _mail.SendAsync(report, Uri.UnescapeDataString(target.GetComponents(UriComponents.UserInfo | UriComponents.Host, UriFormat.UriEscaped)), cancellationToken).ConfigureAwait(false);
            if (failure is not null)
                LogNotSent(report.Domain, target.Scheme, AddressMask.Of(failure));
            isSent &= failure is null;
        }
        return isSent;
    }

    /// <summary>Each domain has its own moment, the same at each run.</summary>
    private static DateTimeOffset Due(DateOnly day, string domain) =>
        new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) + Settling + Spread * (SHA256.HashData(Encoding.UTF8.GetBytes(domain))[0] / 256.0);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The TLS report for {Domain} did not go by {Scheme}: {Failure}")]
    private partial void LogNotSent(string domain, string scheme, string failure);
}
