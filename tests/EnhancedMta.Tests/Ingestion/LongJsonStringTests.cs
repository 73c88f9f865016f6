using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EnhancedMta.Ingestion;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>Whatever .NET's reader takes is taken, for the same octets, and nothing else.</summary>
public sealed class LongJsonStringTests
{
    // What strings are made of: text of all lengths around a vector's, escapes, what is no escape, ends, controls, and UTF-8 whole and broken.
    private static readonly string[] Pieces =
    [
        "a", "plain text", "fifteen octets.", "sixteen octets..", "seventeen octets.", "é", "€", "😀", "\\n", "\\r\\n", "\\t", "\\b", "\\f", "\\/", "\\\\", "\\\"", "\\u0041", "\\u00e9", "\\u20AC",
        "\\uD83D\\uDE00", "\\u0000", "\\ud83d", "\\ude00", "\\uD83Dx", "\\uD83D\\n", "\\u12", "\\u00g0", "\\x", "\\", "\n", "\0", "\u001f", "\"", "\u007f",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_reads_what_the_JSON_reader_reads(int seed)
    {
        var random = new Random(seed);
        var valid = 0;
        for (var trial = 0; trial < 30_000; trial++)
        {
            // Mostly valid ones, or no long string would ever be.
            var few = random.Next(2) == 0 ? 21 : Pieces.Length;
            var octets = new List<byte>();
            for (var count = random.Next(8); count > 0; count--)
                octets.AddRange(Encoding.UTF8.GetBytes(Pieces[random.Next(few)]));
            if (random.Next(8) == 0 && octets.Count > 0)
                octets[random.Next(octets.Count)] = (byte)random.Next(256);
            if (random.Next(16) != 0)
                octets.AddRange("\" , 1"u8.ToArray());

            valid += RequireSame([.. octets]) ? 1 : 0;
        }

        Assert.InRange(valid, 10_000, 29_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\\")]
    [InlineData("\\u")]
    [InlineData("\\u004")]
    [InlineData("\\u0041")]
    [InlineData("\\uD83D\\")]
    [InlineData("\\uD83D\\u")]
    [InlineData("\\uD83D\\uDE0")]
    [InlineData("sixteen octets..")]
    public void A_string_without_an_end_is_none(string json) => Assert.False(RequireSame(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task A_fault_after_mime_is_told_with_its_place_in_the_line()
    {
        var mime = $"\"{JsonEncodedText.Encode(Relay.Mime, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
        var line = $$"""{"messageId":"7","mime": {{mime}} ,"to":x}""";

        Assert.Equal($"line: not valid JSON at octet {line.IndexOf('x', line.IndexOf("\"to\":", StringComparison.Ordinal))}", await Relay.ReadErrorAsync(line));
    }

    [Fact]
    public async Task Properties_after_mime_are_read_and_checked_as_ever()
    {
        var mime = JsonSerializer.Serialize(Relay.Mime);

        var message = await Relay.ReadOneAsync($$"""{"messageId":"7", "mime" : {{mime}} , "to":"jane@example.com", "column":[{"mime":"x"}]}""");
        Assert.Equal(("7", "jane@example.com"), (message.MessageId, message.To.ToString()));
        Assert.EndsWith("\r\n\r\nHello Jane\r\n", message.Text(), StringComparison.Ordinal);
        Assert.Equal("mime: given twice", await Relay.ReadErrorAsync($$"""{"messageId":"7","mime":{{mime}},"mime":{{mime}},"to":"jane@example.com"}"""));
        var line = $$"""{"messageId":"7","to":"jane@example.com","mime":{{mime}}}""";
        Assert.Equal($"line: not valid JSON at octet {line.Length}", await Relay.ReadErrorAsync(line + "{}"));
    }

    private static bool RequireSame(byte[] json)
    {
        var target = new ArrayBufferWriter<byte>();
        target.Write("before"u8);
        var length = LongJsonString.Read(json, target);

        var (expected, end) = Expected([(byte)'"', .. json]);
        Assert.Equal(end, length);
        Assert.Equal([.. "before"u8, .. expected], target.WrittenSpan.ToArray());
        return length > 0;
    }

    private static (byte[] Text, int End) Expected(byte[] json)
    {
        try
        {
            // More may come, so that a number after the string is no fault of the string's.
            var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
            if (!reader.Read())
                return ([], 0);
            var text = new byte[json.Length];
            var length = reader.CopyString(text);
            return (text[..length], (int)reader.BytesConsumed - 1);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ([], 0);
        }
    }
}
