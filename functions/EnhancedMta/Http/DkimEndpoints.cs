using System.Text.Json;
using EnhancedMta.Addresses;
using EnhancedMta.Deliveries;
using EnhancedMta.Dkim;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>How domains' mail is signed.</summary>
public sealed class DkimEndpoints(DkimDomains domains, ILogger<DkimEndpoints> logger)
{
    private const int MaxLength = 4 * 1024;

    /// <summary><c>GET domains/{domain}/dkim</c></summary>
    public Task<IResult> ShowAsync(HttpRequest request, string domain, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () => DomainName.TryEncode(domain, out var encoded, out var error)
            ? ApiJson.Answer(await domains.ReportAsync(encoded, cancellationToken).ConfigureAwait(false))
            : Problems.Query("domain", error));

    /// <summary><c>POST domains/{domain}/dkim</c></summary>
    public Task<IResult> RotateAsync(HttpRequest request, string domain, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (!DomainName.TryEncode(domain, out var encoded, out var error))
                return Problems.Query("domain", error);
            if (await SmallBody.ReadAsync(request, MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Request too large", $"It has at most {MaxLength} octets.");
            var faults = Read(body, out var algorithm, out var selector);
            if (faults.Count > 0)
                return Problems.Fields(faults);
            return Answer(await domains.BeginAsync(encoded, algorithm, selector, cancellationToken).ConfigureAwait(false));
        });

    /// <summary><c>DELETE domains/{domain}/dkim</c></summary>
    public Task<IResult> ForgetAsync(HttpRequest request, string domain, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (!DomainName.TryEncode(domain, out var encoded, out var error))
                return Problems.Query("domain", error);
            return await domains.ForgetAsync(encoded, cancellationToken).ConfigureAwait(false) is { } fault ? Answer(fault) : Results.NoContent();
        });

    private static IResult Answer(RotationStart start) => start switch
    {
        RotationStart.Begun(var report) => ApiJson.Answer(report, StatusCodes.Status201Created),
        RotationStart.UnderWay(var report) => ApiJson.Answer(report),
        RotationStart.NotPossible(var reason) => Problems.Problem(StatusCodes.Status409Conflict, "Not possible", reason),
        RotationStart.NotNow(var reason) => Problems.Problem(StatusCodes.Status503ServiceUnavailable, "Not now", reason),
        _ => throw new InvalidOperationException(start.GetType().Name),
    };

    // All may be left out, and so may the body.
    private static List<FieldError> Read(ReadOnlyMemory<byte> body, out string algorithm, out string? selector)
    {
        algorithm = DkimAlgorithm.Rsa;
        selector = null;
        if (body.IsEmpty)
            return [];
        var faults = new List<FieldError>();
        try
        {
            using var document = UnicodeJson.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return [new FieldError("body", "must be a JSON object.")];
            foreach (var property in document.RootElement.EnumerateObject())
            {
                var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
                if (property.Name == "algorithm" && DkimAlgorithm.All.Contains(text, StringComparer.Ordinal))
                    algorithm = text;
                else if (property.Name == "algorithm")
                    faults.Add(new FieldError("algorithm", $"must be one of {string.Join(", ", DkimAlgorithm.All)}."));
                else if (property.Name == "selector" && DkimName.IsSelector(text.ToLowerInvariant()))
                    selector = text.ToLowerInvariant();
                else if (property.Name == "selector")
                    faults.Add(new FieldError("selector", $"{DkimName.SelectorRule}."));
                else
                    faults.Add(new FieldError(property.Name, "is not known; known are algorithm and selector."));
            }
        }
        catch (JsonException e)
        {
            faults.Add(new FieldError("body", $"is not JSON: {e.Message}"));
        }
        return faults;
    }
}
