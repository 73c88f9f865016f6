using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Data.Tables;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>A row as JSON, its columns' types beside them where JSON has none (OData 3.0 JSON Light), as the SDK writes them.</summary>
internal static class RowJson
{
    // Quotes as \" and not as \u0022: a message's history is JSON in a string. Control characters, line separators among them, stay escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>For rows, one after the other.</summary>
    public static Utf8JsonWriter Writer(IBufferWriter<byte> output) => new(output, Options);

    /// <exception cref="NotSupportedException">A column's type is none that a table has.</exception>
    public static void Write(TableEntity row, Utf8JsonWriter json)
    {
        json.Reset();
        json.WriteStartObject();
        foreach (var (name, value) in row)
        {
            // Storage's own, which a row that was read has.
            if (name is "odata.etag" or "Timestamp")
                continue;
            WriteColumn(json, name, value);
        }

        json.WriteEndObject();
        json.Flush();
    }

    // Types that JSON lacks are said beside the value, as the SDK says them; what it writes as text is text here.
    private static void WriteColumn(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case string text:
                json.WriteString(name, text);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case long number:
                WriteNumber(json, name, number);
                break;
            case double number:
                // JSON has no number for infinities and what is none.
                if (double.IsFinite(number))
                    json.WriteNumber(name, number);
                else
                    json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                WriteType(json, name, "Edm.Double"u8);
                break;
            case DateTimeOffset time:
                WriteTime(json, name, time.UtcDateTime);
                break;
            case DateTime time:
                WriteTime(json, name, time.ToUniversalTime());
                break;
            case Guid id:
                json.WriteString(name, id);
                WriteType(json, name, "Edm.Guid"u8);
                break;
            case byte[] octets:
                json.WriteBase64String(name, octets);
                WriteType(json, name, "Edm.Binary"u8);
                break;
            case BinaryData octets:
                json.WriteBase64String(name, octets.ToMemory().Span);
                WriteType(json, name, "Edm.Binary"u8);
                break;
            default:
                throw new NotSupportedException($"Column {name} has the type {value.GetType()}, which a table does not.");
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long number)
    {
        Span<byte> text = stackalloc byte[20];
        number.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
        WriteType(json, name, "Edm.Int64"u8);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTime utc)
    {
        Span<byte> text = stackalloc byte[28];
        utc.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
        WriteType(json, name, "Edm.DateTime"u8);
    }

    private static void WriteType(Utf8JsonWriter json, string name, ReadOnlySpan<byte> type)
    {
        const string Annotation = "@odata.type";
        Span<char> annotation = stackalloc char[256 + Annotation.Length];
        // A column's name has 255 characters at most; a longer one is storage's to refuse.
        if (name.Length > 256)
        {
            json.WriteString(name + Annotation, type);
            return;
        }

        name.CopyTo(annotation);
        Annotation.CopyTo(annotation[name.Length..]);
        json.WriteString(annotation[..(name.Length + Annotation.Length)], type);
    }
}
