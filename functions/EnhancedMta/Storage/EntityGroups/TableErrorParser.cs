using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Core;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>
/// Reads <c>{"odata.error":{"code":"…","message":{"value":"3:…"}}}</c>: storage's code, and the number of the row that failed, by which a
/// <see cref="Azure.Data.Tables.TableTransactionFailedException"/> knows it.
/// </summary>
internal sealed class TableErrorParser : RequestFailedDetailsParser
{
    /// <summary>Where the exception looks for the row's number.</summary>
    private const string FailedRow = "FailedEntity";

    public override bool TryParse(Response response, [NotNullWhen(true)] out ResponseError? error, out IDictionary<string, string>? data)
    {
        (error, data) = (null, null);
        if (response.ContentStream is not MemoryStream { Length: > 0 })
            return false;
        try
        {
            using var json = JsonDocument.Parse(response.Content.ToMemory());
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("odata.error", out var fault))
                return false;
            var message = fault.TryGetProperty("message", out var text) && text.TryGetProperty("value", out var value) ? value.GetString() : null;
            data = new Dictionary<string, string>();
            if (message?.Split(':', 2) is [var number, _] && int.TryParse(number, CultureInfo.InvariantCulture, out var row))
                data[FailedRow] = row.ToString(CultureInfo.InvariantCulture);
            error = new ResponseError(fault.TryGetProperty("code", out var code) ? code.GetString() : null, message);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy's page, or half an answer: the status has to do.
            return false;
        }
    }
}
