using EnhancedMta.Addresses;
using EnhancedMta.Deliveries;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Erasures;

/// <summary>
/// Goes through all that may hold a recipient's data, delivery by delivery. There is no index by address: it would cost an operation for each message,
/// eight times what relaying costs, for what is asked a few times a year. So a pass reads the recipient's domain's rows of every partition.
/// </summary>
/// <remarks>
/// What is on its way is left alone: neither is a message dropped unseen, nor a KPI changed. Its validity ends within 3.5 days, its copy's within 7, and
/// another pass follows then; the law gives a month.
/// </remarks>
public sealed partial class ErasureRun
{
    private readonly ErasureTable _table;
    private readonly DeliveryStore _deliveries;
    private readonly LogErasing _log;
    private readonly LooseErasing _loose;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal ErasureRun(ErasureTable table, DeliveryStore deliveries, LogErasing log, LooseErasing loose, TimeProvider clock, ILogger<ErasureRun> logger) =>
        (_table, _deliveries, _log, _loose, _clock, _logger) = (table, deliveries, log, loose, clock, logger);

    /// <summary>Goes on with all erasures whose time has come.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed; the next run goes on.</exception>
    public async Task RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        foreach (var erasure in await _table.OpenAsync(cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (erasure.Again > _clock.GetUtcNow())
                continue;
            if (_clock.GetElapsedTime(began) is var taken && taken >= limit)
                return;
            await GoOnAsync(erasure, limit - taken, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Goes on with one.</summary>
    /// <param name="erasure">As read.</param>
    /// <param name="limit">It ends soon after; the next run goes on.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>How far it is.</returns>
    public async Task<Erasure> GoOnAsync(Erasure erasure, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(erasure);
        if (erasure.Status == ErasureStatus.Done || !EmailAddress.TryParse(erasure.Address, out var address, out _))
            return erasure;
        var began = _clock.GetTimestamp();
        if (erasure.Status == ErasureStatus.Waiting)
            erasure = erasure with { Status = ErasureStatus.Running, Again = null, After = null, Deliveries = 0, Open = 0, OpenUntil = null };
        await foreach (var delivery in _deliveries.AllAsync(erasure.After, cancellationToken).ConfigureAwait(false))
        {
            if (delivery.Id == erasure.After)
                continue;
            // The mark after the work: dying in between does it again, and finds nothing.
            var done = await _log.EraseAsync(erasure, delivery, address, cancellationToken).ConfigureAwait(false);
            if (await _table.WriteAsync(done with { After = delivery.Id, Deliveries = done.Deliveries + 1 }, cancellationToken).ConfigureAwait(false) is not { } written)
                return await _table.FindAsync(erasure.Id, cancellationToken).ConfigureAwait(false) ?? erasure;
            erasure = written;
            if (_clock.GetElapsedTime(began) >= limit)
                return erasure;
        }

        erasure = await _loose.EraseAsync(erasure, address, cancellationToken).ConfigureAwait(false);
        erasure = erasure.Open == 0
            ? erasure with { Status = ErasureStatus.Done, Address = null, Finished = _clock.GetUtcNow() }
            : erasure with { Status = ErasureStatus.Waiting, Again = Later(erasure.OpenUntil) };
        if (await _table.WriteAsync(erasure, cancellationToken).ConfigureAwait(false) is not { } last)
            return await _table.FindAsync(erasure.Id, cancellationToken).ConfigureAwait(false) ?? erasure;
        LogPass(last.Id, last.Status, last.Messages, last.Open);
        return last;
    }

    // Some time for the last settlement; and what maintenance holds beyond its validity is looked at again.
    private DateTimeOffset Later(DateTimeOffset? until)
    {
        var soonest = _clock.GetUtcNow() + TimeSpan.FromHours(1);
        return until + TimeSpan.FromMinutes(10) is { } settled && settled > soonest ? settled : soonest;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Erasure {Erasure} is {Status}: {Messages} messages erased, {Open} on their way.")]
    private partial void LogPass(string erasure, ErasureStatus status, int messages, int open);
}
