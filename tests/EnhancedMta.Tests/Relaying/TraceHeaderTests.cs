using System.Text;
using EnhancedMta.Packs;
using EnhancedMta.Relaying;
using EnhancedMta.ReturnPaths;
using MimeKit;

namespace EnhancedMta.Tests.Relaying;

public sealed class TraceHeaderTests
{
    [Fact]
    public void Received_tells_by_whom_with_what_id_and_when_and_nothing_of_where_from()
    {
        var fields = Encoding.ASCII.GetString(Of("7"));
        Assert.Equal(
            "Received: by mta7.shop.example (EnhancedMta) with HTTP\r\n\tid <7.DM42@shop.example>;\r\n\tSat, 05 Sep 2026 07:08:09 +0000\r\n"
            + $"{MessageTag.FieldName}: <b@bounces.example>\r\n", fields);
        Assert.DoesNotContain(Environment.MachineName, fields, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"\d+\.\d+\.\d+\.\d+|from", fields);
    }

    [Fact]
    public void The_longest_ids_make_lines_that_may_be_sent()
    {
        var fields = Of(new string('@', 128), new string('.', 63) + "a", string.Join('.', Enumerable.Repeat(new string('x', 62), 4)));
        Assert.All(Encoding.ASCII.GetString(fields).Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    [Fact]
    public void They_are_whole_fields_before_all_others()
    {
        byte[] traced = [.. Of("7"), .. "From: a@shop.example\r\n\r\nx\r\n"u8];
        var message = MimeMessage.Load(new MemoryStream(traced));
        Assert.Equal(["Received", MessageTag.FieldName, "From"], message.Headers.Select(header => header.Field));
        Assert.EndsWith("\r\n\r\nx\r\n", Encoding.ASCII.GetString(traced), StringComparison.Ordinal);
    }

    private static byte[] Of(string messageId, string deliveryId = "DM42", string fromDomain = "shop.example")
    {
        var received = new DateTimeOffset(2026, 9, 5, 9, 8, 9, TimeSpan.FromHours(2));
        var header = new PackHeader($"{deliveryId}~3", received, received.AddDays(3), [new PackItem(messageId, "jane", "example.com", fromDomain, 1, false)]);
        return TraceHeader.Of("mta7.shop.example", header, 0, "b@bounces.example");
    }
}
