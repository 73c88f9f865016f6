using System.Globalization;
using System.Xml;
using EnhancedMta.Deliveries;
using EnhancedMta.Dkim;
using EnhancedMta.Explain;
using EnhancedMta.Feedback.Push;
using EnhancedMta.Kpis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Declaring, stopping and showing deliveries.</summary>
public sealed class DeliveryEndpoints(
    DeliveryStore deliveries, DeliverySearch search, DeliveryKpis kpis, DeliverySummaries summaries, DeliveryForecasts forecasts, SenderCheck senders, FeedbackSettings feedback, PushSchedule pushes,
    ILogger<DeliveryEndpoints> logger)
{
    /// <summary><c>PUT deliveries/{deliveryId}</c></summary>
    public Task<IResult> DeclareAsync(HttpRequest request, string deliveryId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await SmallBody.ReadAsync(request, DeclarationReader.MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Declaration too large", string.Create(CultureInfo.InvariantCulture, $"A declaration has at most {DeclarationReader.MaxLength} octets."));
            var errors = DeclarationReader.Read(deliveryId, body, out var declaration);
            if (declaration is null)
                return Problems.Fields(errors);
            if (declaration.FeedbackUrl is { } url && feedback.Refusal(url) is { } refusal)
                return Problems.Fields([new FieldError("feedbackUrl", refusal)]);
            var (delivery, isNew) = await deliveries.DeclareAsync(declaration, cancellationToken).ConfigureAwait(false);
            if (!isNew && delivery.FeedbackUrl is { } target)
                await pushes.PointAsync(new FeedbackEndpoint(target), deliveryId, cancellationToken).ConfigureAwait(false);
            var answer = new
            {
                Delivery = View(delivery),
                EffectiveValidityPeriod = XmlConvert.ToString(declaration.Validity),
                ValidityPeriodCut = declaration.ValidityCut
                    ? $"{XmlConvert.ToString(declaration.DeclaredValidity!.Value)} is above the Enhanced MTA's 3.5 days; {XmlConvert.ToString(declaration.Validity)} is in force."
                    : null,
                declaration.Ignored,
                Warnings = declaration.SenderDomain is { } domain ? await senders.WarningsAsync(domain, cancellationToken).ConfigureAwait(false) : [],
            };
            return ApiJson.Answer(answer, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        });

    /// <summary><c>GET deliveries</c></summary>
    public Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (!Paging.TryRead(request, 100, out var paging, out var problem))
                return problem;
            var text = request.Query["search"] is [{ Length: > 0 } given] ? given : null;
            if (request.Query["order"] is [{ } order] && order is not ("id" or "newest"))
                return Problems.Query("order", "must be id or newest.");
            IReadOnlyList<Delivery> page;
            string? continuation;
            try
            {
                (page, continuation) = text is not null || request.Query["order"] is ["newest"]
                    ? await search.NewestAsync(text, paging.Limit, paging.Continuation, cancellationToken).ConfigureAwait(false)
                    : await deliveries.ListAsync(paging.Limit, paging.Continuation, cancellationToken).ConfigureAwait(false);
            }
            catch (FormatException)
            {
                return Problems.Query("continuation", "is not one that this listing gave; leave it out to begin at the start.");
            }

            var totals = await Task.WhenAll(page.Select(d => summaries.TotalsAsync(d, cancellationToken))).ConfigureAwait(false);
            return ApiJson.Answer(new
            {
                Deliveries = page.Zip(totals, (delivery, summary) => new { Delivery = View(delivery), Summary = summary }),
                Continuation = continuation,
            });
        });

    /// <summary><c>GET deliveries/{deliveryId}</c></summary>
    public Task<IResult> SummaryAsync(HttpRequest request, string deliveryId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return Problems.UnknownDelivery(deliveryId);
            var summary = await summaries.ReadAsync(delivery, cancellationToken).ConfigureAwait(false);
            var finish = await forecasts.FinishAsync(delivery, summary, cancellationToken).ConfigureAwait(false);
            return ApiJson.Answer(new { Delivery = View(delivery), Summary = summary with { EstimatedFinish = finish } });
        });

    /// <summary><c>POST deliveries/{deliveryId}/stop</c></summary>
    public Task<IResult> StopAsync(HttpRequest request, string deliveryId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await deliveries.StopAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return Problems.UnknownDelivery(deliveryId);
            var counters = await kpis.CountersAsync(delivery, cancellationToken).ConfigureAwait(false);
            // DESIGN, behaviour 7: what was accepted goes on, as with Adobe's own; the number says how much that is.
            return ApiJson.Answer(new
            {
                Delivery = View(delivery),
                GoesOn = counters.Open,
                Detail = string.Create(CultureInfo.InvariantCulture, $"Messages still to come are refused. {counters.Open} accepted before go on until they are delivered, fail or expire."),
            });
        });

    private static object View(Delivery delivery) => new
    {
        DeliveryId = delivery.Id,
        delivery.Label,
        delivery.Sender,
        ValidityPeriod = XmlConvert.ToString(delivery.Validity),
        Priority = delivery.Lane,
        delivery.ExpectedSize,
        Metadata = delivery.Metadata is { } metadata ? System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(metadata) : (System.Text.Json.JsonElement?)null,
        FeedbackUrl = delivery.FeedbackUrl is { } url ? new FeedbackEndpoint(url).Shown : null,
        Status = delivery.Stopped ? "Stopped" : "Open",
        delivery.Declared,
    };
}
