using System.Text.Json;
using EnhancedMta.Addresses;
using EnhancedMta.Deliveries;
using EnhancedMta.Erasures;
using EnhancedMta.SendingLog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Erasing a recipient's data. The address comes in the body, and stands in no URL, no answer and no log.</summary>
public sealed class ErasureEndpoints(ErasureTable table, ErasureRun run, ILogger<ErasureEndpoints> logger)
{
    private const int MaxLength = 4 * 1024;

    /// <summary>A small instance is done within it; a large one goes on from the timer.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(15);

    /// <summary><c>POST erasures</c></summary>
    public Task<IResult> BeginAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await SmallBody.ReadAsync(request, MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Request too large", $"It has at most {MaxLength} octets.");
            if (Read(body, out var address) is { } fault)
                return Problems.Fields([fault]);
            // From here on nobody need wait for it, and a caller who hangs up ends nothing.
            var erasure = await table.BeginAsync(address!.ToString(), cancellationToken).ConfigureAwait(false);
            erasure = await run.GoOnAsync(erasure, AtOnce, cancellationToken).ConfigureAwait(false);
            return ApiJson.Answer(View(erasure), erasure.Status == ErasureStatus.Done ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        });

    /// <summary><c>GET erasures/{erasureId}</c></summary>
    public Task<IResult> ShowAsync(HttpRequest request, string erasureId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
            LogKeys.CanBeKey(erasureId) && await table.FindAsync(erasureId, cancellationToken).ConfigureAwait(false) is { } erasure
                ? ApiJson.Answer(View(erasure))
                : Problems.Problem(StatusCodes.Status404NotFound, "Unknown erasure", "No erasure has this id: it is the one that POST /api/erasures answered."));

    private static object View(Erasure erasure) => new
    {
        ErasureId = erasure.Id,
        erasure.Status,
        erasure.Begun,
        erasure.Finished,
        erasure.Deliveries,
        Erased = new { erasure.Messages, erasure.FeedPages, erasure.Packs, erasure.BounceMails, erasure.Answers },
        OnTheirWay = erasure.Open,
        erasure.Again,
        Detail = erasure.Status switch
        {
            ErasureStatus.Done => "Nothing that names the address is left; KPIs are as they were.",
            ErasureStatus.Waiting => "What is on its way is not stopped; it is settled, and erased in another pass, by itself.",
            _ => "Goes on by itself; ask again.",
        },
    };

    private static FieldError? Read(ReadOnlyMemory<byte> body, out EmailAddress? address)
    {
        address = null;
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return new FieldError("body", "must be an object with an address.");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name != "address")
                    return new FieldError(property.Name, "is not known; known is address.");
                if (property.Value.ValueKind != JsonValueKind.String)
                    return new FieldError("address", "must be text.");
                if (!EmailAddress.TryParse(property.Value.GetString(), out address, out _))
                    return new FieldError("address", "is no address: it must be local@domain.");
            }

            return address is null ? new FieldError("address", "is missing.") : null;
        }
        catch (JsonException)
        {
            return new FieldError("body", "is not JSON.");
        }
    }
}
