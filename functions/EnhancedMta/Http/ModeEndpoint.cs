using System.Text.Json;
using EnhancedMta.Deliveries;
using EnhancedMta.Modes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Showing and setting the mode.</summary>
public sealed class ModeEndpoint(ModeChange modes, TimeProvider clock, ILogger<ModeEndpoint> logger)
{
    private const int MaxLength = 16 * 1024;

    /// <summary><c>GET mode</c></summary>
    public Task<IResult> ShowAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, () => AnswerAsync(cancellationToken));

    /// <summary><c>POST mode</c></summary>
    public Task<IResult> SetAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await SmallBody.ReadAsync(request, MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Request too large", $"It has at most {MaxLength} octets.");
            var faults = Read(body, out var mode, out var reason);
            if (faults.Count > 0)
                return Problems.Fields(faults);
            if (modes.Obstacle(mode) is { } obstacle)
                return Problems.Problem(StatusCodes.Status409Conflict, "The mode cannot be set", obstacle);
            try
            {
                await modes.SetAsync(mode, reason, cancellationToken).ConfigureAwait(false);
            }
            catch (Azure.RequestFailedException e) when (e.Status is 409 or 412)
            {
                return Problems.Problem(StatusCodes.Status409Conflict, "The mode was changed by somebody else at the same moment", "Look at it (GET /api/mode) and try again.");
            }

            return await AnswerAsync(cancellationToken).ConfigureAwait(false);
        });

    private async Task<IResult> AnswerAsync(CancellationToken cancellationToken)
    {
        var (state, marketing, transactional) = await modes.ShowAsync(cancellationToken).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        return ApiJson.Answer(new
        {
            state.Mode,
            Now = state.At(now),
            Since = state.Since == default ? (DateTimeOffset?)null : state.Since,
            Effective = state.Effective > now ? (DateTimeOffset?)state.Effective : null,
            state.Reason,
            HeldBatches = new { Transactional = transactional, Marketing = marketing },
            ObeyedWithinSeconds = (int)ModeState.SeenWithin.TotalSeconds,
        });
    }

    private static List<FieldError> Read(ReadOnlyMemory<byte> body, out OperatingMode mode, out string? reason)
    {
        (mode, reason) = (default, null);
        var faults = new List<FieldError>();
        try
        {
            using var document = UnicodeJson.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return [new FieldError("body", "must be an object with a mode.")];
            var given = false;
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
                if (property.Name == "mode" && text is not null && Enum.GetNames<OperatingMode>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name)
                    (mode, given) = (Enum.Parse<OperatingMode>(name), true);
                else if (property.Name == "reason" && text is not null)
                    reason = text;
                else if (property.Name is not "mode")
                    faults.Add(new FieldError(property.Name, property.Name == "reason" ? "must be text." : "is not known; known are mode and reason."));
            }

            if (!given)
                faults.Add(new FieldError("mode", "must be enhanced, maintenance or native."));
        }
        catch (JsonException e)
        {
            faults.Add(new FieldError("body", $"is not JSON: {e.Message}"));
        }

        return faults;
    }
}
