using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.Paths;
using EnhancedMta.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>How much is relayed to us, and goes out, over time.</summary>
public sealed class ThroughputEndpoints(
    DeliveryStore deliveries, PathOperations paths, DeliveryKpis kpis, TrafficReader traffic, TimeProvider clock, ILogger<ThroughputEndpoints> logger)
{
    private const string WindowName = "window";

    /// <summary><c>GET deliveries/{deliveryId}/throughput</c>: a window, or without one the minutes with traffic.</summary>
    public Task<IResult> OfDeliveryAsync(HttpRequest request, string deliveryId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return Problems.UnknownDelivery(deliveryId);
            if (!request.Query.ContainsKey(WindowName))
                return await MinutesAsync(request, delivery, cancellationToken).ConfigureAwait(false);
            return TryRead(request, out var window, out var problem)
                ? ApiJson.Answer(await traffic.OfDeliveryAsync(delivery, window, cancellationToken).ConfigureAwait(false)) : problem;
        });

    /// <summary><c>GET throughput</c></summary>
    public Task<IResult> OfInstanceAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () => TryRead(request, out var window, out var problem)
            ? ApiJson.Answer(await traffic.OfInstanceAsync(window, cancellationToken).ConfigureAwait(false)) : problem);

    /// <summary><c>GET paths/{path}/throughput</c></summary>
    public Task<IResult> OfPathAsync(HttpRequest request, string path, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (!TryRead(request, out var window, out var problem))
                return problem;
            return await paths.FindAsync(path, moves: 0, cancellationToken).ConfigureAwait(false) is null
                ? PathEndpoints.Unknown(path)
                : ApiJson.Answer(await traffic.OfPathAsync(path, window, cancellationToken).ConfigureAwait(false));
        });

    private async Task<IResult> MinutesAsync(HttpRequest request, Delivery delivery, CancellationToken cancellationToken)
    {
        var hours = 24;
        if (request.Query["hours"] is [{ } text] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out hours) || hours is < 1 or > 168))
            return Problems.Query("hours", "must be a whole number from 1 to 168.");
        var minutes = await kpis.ThroughputAsync(delivery, clock.GetUtcNow().AddHours(-hours), cancellationToken).ConfigureAwait(false);
        return ApiJson.Answer(new
        {
            Relay = minutes.Where(m => m.Relayed > 0).Select(m => new { m.Minute, Messages = m.Relayed, Bytes = m.RelayedBytes }),
            Outbound = minutes.Where(m => m.Delivered + m.Failed + m.Deferred > 0).Select(m => new { m.Minute, Messages = m.Delivered, Bytes = m.DeliveredBytes, m.Failed, m.Deferred }),
        });
    }

    private static bool TryRead(HttpRequest request, [NotNullWhen(true)] out TrafficWindow? window, [NotNullWhen(false)] out IResult? problem)
    {
        window = TrafficWindow.Find(request.Query[WindowName] is [{ } name] ? name : request.Query.ContainsKey(WindowName) ? null : "24h");
        problem = window is null ? Problems.Query(WindowName, TrafficWindow.Rule) : null;
        return window is not null;
    }
}
