using System.Globalization;
using System.Text.Json;
using EnhancedMta.Addresses;
using EnhancedMta.Batches;
using EnhancedMta.Http;
using EnhancedMta.Retries;

namespace EnhancedMta.Deliveries;

/// <summary>Reads the JSON with which Campaign declares a delivery.</summary>
public static class DeclarationReader
{
    /// <summary>A declaration's largest size in octets.</summary>
    public const int MaxLength = 64 * 1024;

    private const int MaxLabel = 512;
    private const int MaxMetadata = 16 * 1024;

    /// <summary>What this delivery says, or what is wrong with it, by field.</summary>
    /// <param name="deliveryId">From the route.</param>
    /// <param name="json">The body.</param>
    /// <param name="declaration">When there are no errors.</param>
    /// <returns>The errors; none when it is fine. <c>channel</c> is reported with <see cref="FieldError.IsUnprocessable"/>.</returns>
    public static IReadOnlyList<FieldError> Read(string deliveryId, ReadOnlyMemory<byte> json, out Declaration? declaration)
    {
        declaration = null;
        if (!DeliveryId.IsValid(deliveryId))
            return [new FieldError("deliveryId", DeliveryId.Rule)];
        JsonDocument document;
        try
        {
            document = UnicodeJson.Parse(json, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            return [new FieldError("body", $"is not JSON: {e.Message}")];
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return [new FieldError("body", "must be a JSON object.")];
            var errors = new List<FieldError>();
            var ignored = new List<string>();
            var draft = new Declaration { DeliveryId = deliveryId, Validity = ValidityPeriod.Longest };
            foreach (var property in document.RootElement.EnumerateObject())
                draft = Apply(draft, property, errors, ignored);
            if (errors.Count == 0)
                declaration = draft with { Ignored = ignored };
            return errors;
        }
    }

    private static Declaration Apply(Declaration draft, JsonProperty property, List<FieldError> errors, List<string> ignored)
    {
        var value = property.Value;
        if (value.ValueKind == JsonValueKind.Null)
            return draft;
        switch (property.Name)
        {
            case "deliveryId":
                if (value.ValueKind != JsonValueKind.String || value.GetString() != draft.DeliveryId)
                    errors.Add(new FieldError("deliveryId", "differs from the one in the address."));
                return draft;
            case "channel":
                // DESIGN, behaviour 10: push and SMS are not ours.
                if (value.ValueKind != JsonValueKind.String || !string.Equals(value.GetString(), "email", StringComparison.OrdinalIgnoreCase))
                    errors.Add(new FieldError("channel", "must be \"email\": the Enhanced MTA delivers e-mail only; push and SMS stay with Campaign's own MTA.") { IsUnprocessable = true });
                return draft;
            case "label":
                return draft with { Label = Text(property, MaxLabel, errors) };
            case "sender" or "defaultSender":
                return Sender(draft, property, errors);
            case "validityPeriod":
                return Validity(draft, property, errors);
            case "priority":
                return draft with { Lane = Priority(property, errors) };
            case "expectedSize":
                if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var size) && size >= 0)
                    return draft with { ExpectedSize = size };
                errors.Add(new FieldError("expectedSize", "must be a whole number of messages, 0 or more."));
                return draft;
            case "feedbackUrl":
                if (value.ValueKind == JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var url))
                    return draft with { FeedbackUrl = url };
                errors.Add(new FieldError("feedbackUrl", "must be an absolute URL."));
                return draft;
            case "metadata":
                if (value.ValueKind == JsonValueKind.Object && value.GetRawText().Length <= MaxMetadata)
                    return draft with { Metadata = value.GetRawText() };
                errors.Add(new FieldError("metadata", string.Create(CultureInfo.InvariantCulture, $"must be a JSON object of at most {MaxMetadata} characters.")));
                return draft;
            default:
                // Campaign's retry and MX settings, and whatever else changes nothing here: named, never dropped in silence.
                ignored.Add(property.Name);
                return draft;
        }
    }

    private static string? Text(JsonProperty property, int maxLength, List<FieldError> errors)
    {
        if (property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() is { } text && text.Length <= maxLength && !text.Any(char.IsControl))
            return text;
        errors.Add(new FieldError(property.Name, string.Create(CultureInfo.InvariantCulture, $"must be a text of at most {maxLength} characters on one line.")));
        return null;
    }

    private static Declaration Sender(Declaration draft, JsonProperty property, List<FieldError> errors)
    {
        if (property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() is { } text)
        {
            var error = "must be one address, \"news@example.com\" or \"Name <news@example.com>\".";
            if (!text.Any(char.IsControl) && MimeKit.MailboxAddress.TryParse(text, out var mailbox) && EmailAddress.TryParse(mailbox.Address, out var address, out error))
                return draft with { Sender = text, SenderDomain = address.Domain };
            errors.Add(new FieldError(property.Name, WithoutField(error, property.Name)));
            return draft;
        }

        errors.Add(new FieldError(property.Name, "must be a text."));
        return draft;
    }

    private static Declaration Validity(Declaration draft, JsonProperty property, List<FieldError> errors)
    {
        var error = "must be an ISO 8601 duration such as \"P3DT12H\".";
        if (property.Value.ValueKind == JsonValueKind.String && ValidityPeriod.TryParse(property.Value.GetString()!, out var declared, out error))
            return draft with { DeclaredValidity = declared, Validity = ValidityPeriod.Effective(declared) };
        errors.Add(new FieldError(property.Name, WithoutField(error, property.Name)));
        return draft;
    }

    /// <summary>Some readers name the field themselves.</summary>
    private static string WithoutField(string? error, string field) =>
        error is null ? "is not valid." : error.StartsWith(field + ": ", StringComparison.Ordinal) ? error[(field.Length + 2)..] : error;

    private static Lane Priority(JsonProperty property, List<FieldError> errors)
    {
        switch (property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null)
        {
            case "transactional":
                return Lane.Transactional;
            case "marketing":
                return Lane.Marketing;
            default:
                errors.Add(new FieldError("priority", "must be \"transactional\" or \"marketing\"."));
                return Lane.Marketing;
        }
    }
}

/// <param name="Field">Which field.</param>
/// <param name="Error">What is wrong with it, and what would be right.</param>
public sealed record FieldError(string Field, string Error)
{
    /// <summary>Well formed, yet not for us (RFC 9110 §15.5.21).</summary>
    public bool IsUnprocessable { get; init; }
}
