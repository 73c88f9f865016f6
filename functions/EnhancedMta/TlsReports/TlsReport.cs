using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.TlsReports;

/// <summary>A domain's report of one day (RFC 8460 §4).</summary>
/// <param name="Domain">Whose sessions.</param>
/// <param name="Day">UTC.</param>
/// <param name="Counts">What they came to.</param>
/// <param name="By">Who reports.</param>
internal sealed record TlsReport(string Domain, DateOnly Day, IReadOnlyList<CountedSessions> Counts, TlsReportOptions By)
{
    public const string MediaType = "application/tlsrpt+gzip";

    /// <summary>The same however often it is made, so that whoever gets it twice can tell (RFC 8460 §4.4).</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Day:yyyy-MM-dd}.{Domain}@{By.Submitter}");

    /// <summary>RFC 8460 §5.1.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{By.Submitter}!{Domain}!{Start.ToUnixTimeSeconds()}!{End.ToUnixTimeSeconds()}.json.gz");

    private DateTimeOffset Start => new(Day, TimeOnly.MinValue, TimeSpan.Zero);

    // The last second that belongs to it.
    private DateTimeOffset End => Start.AddDays(1).AddSeconds(-1);

    /// <summary>JSON, compressed.</summary>
    public byte[] ToGzip()
    {
        using var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
        using (var json = new Utf8JsonWriter(gzip))
            Write(json);
        return file.ToArray();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("organization-name", By.Organization);
        json.WriteStartObject("date-range");
        json.WriteString("start-datetime", Rfc3339(Start));
        json.WriteString("end-datetime", Rfc3339(End));
        json.WriteEndObject();
        json.WriteString("contact-info", $"mailto:{By.From}");
        json.WriteString("report-id", Id);
        json.WriteStartArray("policies");
        foreach (var policy in Counts.GroupBy(counted => (counted.Count.Type, counted.Count.Text, counted.Count.Mx)))
            WritePolicy(json, policy.Key.Type, policy.Key.Text, policy.Key.Mx, [.. policy]);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WritePolicy(Utf8JsonWriter json, string type, string text, string mx, IReadOnlyList<CountedSessions> counts)
    {
        json.WriteStartObject();
        json.WriteStartObject("policy");
        json.WriteString("policy-type", type);
        WriteLines(json, "policy-string", text);
        json.WriteString("policy-domain", Domain);
        WriteLines(json, "mx-host", mx);
        json.WriteEndObject();
        json.WriteStartObject("summary");
        json.WriteNumber("total-successful-session-count", counts.Where(counted => counted.Count.Fault is null).Sum(counted => counted.Sessions));
        json.WriteNumber("total-failure-session-count", counts.Where(counted => counted.Count.Fault is not null).Sum(counted => counted.Sessions));
        json.WriteEndObject();
        json.WriteStartArray("failure-details");
        foreach (var (count, sessions) in counts.Where(counted => counted.Count.Fault is not null))
        {
            json.WriteStartObject();
            json.WriteString("result-type", count.Fault!.Value.Name());
            Write("sending-mta-ip", count.SendingIp);
            Write("receiving-mx-hostname", count.MxHost);
            Write("receiving-ip", count.ReceivingIp);
            json.WriteNumber("failed-session-count", sessions);
            Write("failure-reason-code", count.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();

        void Write(string name, string? value)
        {
            if (value is not null)
                json.WriteString(name, value);
        }
    }

    private static void WriteLines(Utf8JsonWriter json, string name, string lines)
    {
        if (lines.Length == 0)
            return;
        json.WriteStartArray(name);
        foreach (var line in lines.Split('\n'))
            json.WriteStringValue(line);
        json.WriteEndArray();
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
