using System.IO.Compression;
using System.Text;
using System.Text.Json;
using EnhancedMta.Ingestion;
using EnhancedMta.ReturnPaths;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>Relay requests as the tests write and read them.</summary>
internal static class Relay
{
    public const string Mime = "From: Shop <news@shop.example>\r\nTo: jane@example.com\r\nSubject: Hi\r\n\r\nHello Jane\r\n";

    public static readonly ReturnPathCodec ReturnPaths = new([Encoding.ASCII.GetBytes("a key for tests only, 32 octets!")], "bounces.example");

    public static readonly DateTimeOffset Now = new(2026, 9, 5, 7, 8, 9, TimeSpan.Zero);

    public static string Line(object id, string to = "jane@example.com", string mime = Mime) =>
        JsonSerializer.Serialize(new { messageId = id, to, mime });

    public static Task<List<RelayLine>> ReadAsync(string body, string contentType = "application/x-ndjson", IngestionLimits? limits = null, string? sender = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(body), contentType, limits, sender: sender);

    public static Task<List<RelayLine>> ReadAsync(byte[] body, string contentType = "application/x-ndjson", IngestionLimits? limits = null,
        string? encoding = null, string? sender = null) =>
        ReadAsync(new RelayRequest(new MemoryStream(body), contentType, "DM42") { ContentEncoding = encoding, DefaultSender = sender }, limits);

    public static async Task<List<RelayLine>> ReadAsync(RelayRequest request, IngestionLimits? limits = null)
    {
        var lines = new List<RelayLine>();
        await foreach (var line in Reader(limits).ReadAsync(request, TestContext.Current.CancellationToken))
            lines.Add(Kept(line));
        return lines;
    }

    /// <summary>The lines that were read before the request failed, and the failure.</summary>
    public static async Task<(List<RelayLine> Lines, RelayRequestException Failure)> ReadFailingAsync(RelayRequest request, IngestionLimits? limits = null)
    {
        var lines = new List<RelayLine>();
        var failure = await Assert.ThrowsAsync<RelayRequestException>(async () =>
        {
            await foreach (var line in Reader(limits).ReadAsync(request, TestContext.Current.CancellationToken))
                lines.Add(Kept(line));
        });
        return (lines, failure);
    }

    public static Task<(List<RelayLine> Lines, RelayRequestException Failure)> ReadFailingAsync(
        byte[] body, string? contentType = "application/x-ndjson", string? encoding = null, IngestionLimits? limits = null) =>
        ReadFailingAsync(new RelayRequest(new MemoryStream(body), contentType, "DM42") { ContentEncoding = encoding }, limits);

    public static async Task<IncomingMessage> ReadOneAsync(string line, string? sender = null) =>
        Message(Assert.Single(await ReadAsync(line, sender: sender)));

    public static async Task<string> ReadErrorAsync(string line, string? sender = null) =>
        Assert.IsType<RejectedLine>(Assert.Single(await ReadAsync(line, sender: sender))).Error;

    /// <summary>Content of a message that came as <c>mime</c>.</summary>
    public static async Task<IncomingMessage> ReadMimeAsync(string mime, string to = "jane@example.com") => await ReadOneAsync(Line("1", to, mime));

    public static async Task<string> ReadMimeErrorAsync(string mime, string to = "jane@example.com") => await ReadErrorAsync(Line("1", to, mime));

    public static IncomingMessage Message(RelayLine line) =>
        line as IncomingMessage ?? throw new Xunit.Sdk.XunitException($"Rejected: {((RejectedLine)line).Error}");

    public static string Text(this IncomingMessage message) => Encoding.UTF8.GetString(message.Content.Span);

    public static byte[] Gzip(byte[] octets, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, level, leaveOpen: true))
            gzip.Write(octets);
        return output.ToArray();
    }

    private static RelayLine Kept(RelayLine line) => line is IncomingMessage message ? message with { Content = message.Content.ToArray() } : line;

    private static RelayRequestReader Reader(IngestionLimits? limits) => new(limits ?? IngestionLimits.Default, ReturnPaths, new FakeTimeProvider(Now));
}
