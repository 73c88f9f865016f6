using System.Text;
using EnhancedMta.Ingestion;

namespace EnhancedMta.Tests.Ingestion;

public sealed class RelayRequestReaderTests
{
    private static readonly string Three = string.Join('\n', Relay.Line("a"), Relay.Line(17), Relay.Line("c")) + "\n";

    [Fact]
    public async Task Each_line_of_ndjson_is_a_message()
    {
        var lines = await Relay.ReadAsync(Three);
        Assert.Equal(["a", "17", "c"], lines.Select(line => Relay.Message(line).MessageId));
        Assert.Equal([1, 2, 3], lines.Select(line => line.Line));
    }

    [Theory]
    [InlineData("\n\n{0}\r\n \t\r\n\n{1}", 3, 6)]
    [InlineData("\uFEFF{0}\n{1}\n", 1, 2)]
    [InlineData("{0}\r\n{1}\r\n", 1, 2)]
    public async Task Blank_lines_a_byte_order_mark_and_a_missing_last_line_end_are_taken(string form, int first, int second)
    {
        var lines = await Relay.ReadAsync(form.Replace("{0}", Relay.Line("a")).Replace("{1}", Relay.Line("b")));
        Assert.Equal([first, second], lines.Select(line => Relay.Message(line).Line));
    }

    [Theory]
    [InlineData("[{0},{1}]")]
    [InlineData("\uFEFF [ {0} \r\n, {1} ] \n")]
    public async Task Each_element_of_a_json_array_is_a_message(string form)
    {
        var lines = await Relay.ReadAsync(form.Replace("{0}", Relay.Line("a[]{},\"\\")).Replace("{1}", Relay.Line("b")), "application/json; charset=utf-8");
        Assert.Equal([1, 2], lines.Select(line => line.Line));
        Assert.Contains("messageId", Assert.IsType<RejectedLine>(lines[0]).Error, StringComparison.Ordinal);
        Assert.Equal("b", Relay.Message(lines[1]).MessageId);
    }

    [Fact]
    public async Task One_json_object_is_one_message() =>
        Assert.Equal("a", Relay.Message(Assert.Single(await Relay.ReadAsync(Relay.Line("a"), "application/json"))).MessageId);

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task An_empty_request_has_no_lines(string body) => Assert.Empty(await Relay.ReadAsync(body, "application/json"));

    [Fact]
    public async Task Array_elements_that_are_no_messages_are_rejected_alone()
    {
        var lines = await Relay.ReadAsync($"[1, \"a,]\", null, {{\"x\":}}, [{{}}], {Relay.Line("b")}]", "application/json");
        Assert.Equal(6, lines.Count);
        Assert.All(lines[..5], line => Assert.IsType<RejectedLine>(line));
        Assert.Equal("b", Relay.Message(lines[5]).MessageId);
    }

    [Theory]
    [InlineData("[{0}", "closing bracket")]
    [InlineData("[{0},", "closing bracket")]
    [InlineData("[{0},{\"to\":\"", "inside element 2")]
    [InlineData("[{0} {0}]", "unexpected '{'")]
    [InlineData("[{0},,{0}]", "unexpected ','")]
    [InlineData("[{0}] {0}", "after its end")]
    [InlineData("{0}{0}", "after its end")]
    public async Task A_broken_array_fails_after_what_was_whole(string form, string detail)
    {
        var (lines, failure) = await Relay.ReadFailingAsync(Encoding.UTF8.GetBytes(form.Replace("{0}", Relay.Line("a"))), "application/json");
        Assert.Equal("a", Relay.Message(Assert.Single(lines)).MessageId);
        Assert.Equal(400, failure.Status);
        Assert.Contains(detail, failure.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("nonsense")]
    public async Task A_body_that_is_no_array_and_no_object_fails(string body)
    {
        var (lines, failure) = await Relay.ReadFailingAsync(Encoding.UTF8.GetBytes(body), "application/json");
        Assert.Empty(lines);
        Assert.Equal(400, failure.Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text/csv")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-ndjson; charset=utf-16")]
    [InlineData("not a media type")]
    public async Task Another_media_type_fails_with_415(string? contentType)
    {
        var (_, failure) = await Relay.ReadFailingAsync(Encoding.UTF8.GetBytes(Three), contentType);
        Assert.Equal(415, failure.Status);
    }

    [Fact]
    public async Task A_single_message_takes_its_id_and_recipient_from_the_request()
    {
        var request = new RelayRequest(new MemoryStream(Encoding.UTF8.GetBytes(Relay.Mime)), "message/rfc822", "DM42") { MessageId = "a", To = "jane@example.com" };
        var message = Relay.Message(Assert.Single(await Relay.ReadAsync(request)));
        Assert.Equal((1, "a", "shop.example"), (message.Line, message.MessageId, message.FromDomain));
        Assert.EndsWith("Hello Jane\r\n", message.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "jane@example.com", "messageId: ")]
    [InlineData("a", null, "to: ")]
    [InlineData("a", "jane@", "to: ")]
    public async Task A_single_message_without_id_or_recipient_is_rejected(string? id, string? to, string error)
    {
        var request = new RelayRequest(new MemoryStream(Encoding.UTF8.GetBytes(Relay.Mime)), "message/rfc822", "DM42") { MessageId = id, To = to };
        Assert.StartsWith(error, Assert.IsType<RejectedLine>(Assert.Single(await Relay.ReadAsync(request))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_message_that_is_too_large_is_rejected_without_being_read_to_its_end()
    {
        var limits = new IngestionLimits { MaxMessage = 100_000 };
        var body = new EndlessStream(Relay.Mime);
        var request = new RelayRequest(body, "message/rfc822", "DM42") { MessageId = "a", To = "jane@example.com" };
        Assert.Contains("larger than 100000", Assert.IsType<RejectedLine>(Assert.Single(await Relay.ReadAsync(request, limits))).Error, StringComparison.Ordinal);
        Assert.InRange(body.Position, 100_000, 300_000);
    }

    [Fact]
    public async Task An_overlong_line_is_rejected_and_its_neighbours_are_not()
    {
        // 40 MB, as in the issue, against the real limit.
        var body = Encoding.UTF8.GetBytes($"{Relay.Line("a")}\n{Relay.Line("b", mime: new string('x', 40_000_000))}\n{Relay.Line("c")}\n");
        foreach (var (octets, type) in new[] { (body, "application/x-ndjson"), (AsArray(body), "application/json") })
        {
            var lines = await Relay.ReadAsync(octets, type);
            Assert.Equal(3, lines.Count);
            Assert.Equal("a", Relay.Message(lines[0]).MessageId);
            Assert.Equal("c", Relay.Message(lines[2]).MessageId);
            Assert.Equal(2, Assert.IsType<RejectedLine>(lines[1]).Line);
            Assert.Contains("longer than", ((RejectedLine)lines[1]).Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(200)]
    [InlineData(70_000)]
    public async Task Lines_at_the_limit_pass_and_one_octet_more_does_not(int limit)
    {
        var limits = new IngestionLimits { MaxLine = limit };
        string Filled(int length) => Relay.Line("a", mime: Relay.Mime + new string('x', length - Relay.Line("a").Length));
        Assert.Equal(limit, Filled(limit).Length);
        foreach (var end in new[] { "", "\n" })
        {
            Assert.DoesNotContain("line:", (await Relay.ReadAsync(Filled(limit) + end, limits: limits))[0].ToString(), StringComparison.Ordinal);
            Assert.Contains("line: longer", Assert.IsType<RejectedLine>(Assert.Single(await Relay.ReadAsync(Filled(limit + 1) + end, limits: limits))).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_large_message_is_rejected_and_keeps_its_id()
    {
        var limits = new IngestionLimits { MaxMessage = 5_000 };
        var lines = await Relay.ReadAsync(Relay.Line("b", mime: Relay.Mime + new string('x', 5_000)) + "\n" + Relay.Line("c"), limits: limits);
        Assert.Equal(new RejectedLine(1, "b", "mime: the message is larger than 5000 octets"), lines[0]);
        Assert.IsType<IncomingMessage>(lines[1]);
    }

    [Fact]
    public async Task Too_many_lines_fail_after_those_that_are_allowed()
    {
        var (lines, failure) = await Relay.ReadFailingAsync(Encoding.UTF8.GetBytes(Three), limits: new IngestionLimits { MaxLines = 2 });
        Assert.Equal(2, lines.Count);
        Assert.Equal(413, failure.Status);
        Assert.Equal(3, (await Relay.ReadAsync(Three, limits: new IngestionLimits { MaxLines = 3 })).Count);
    }

    [Fact]
    public async Task A_body_larger_than_the_total_fails_after_what_was_read()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Three, 1000)));
        var (lines, failure) = await Relay.ReadFailingAsync(body, limits: new IngestionLimits { MaxTotal = body.Length - 1 });
        Assert.NotEmpty(lines);
        Assert.Equal(413, failure.Status);
    }

    [Fact]
    public async Task A_body_that_comes_octet_by_octet_is_read_the_same()
    {
        foreach (var (text, type) in new[] { ("\uFEFF" + Three, "application/x-ndjson"), ($"\uFEFF[{Relay.Line("a")} , {Relay.Line(17)},{Relay.Line("c")}]", "application/json") })
        {
            var request = new RelayRequest(new TricklingStream(Encoding.UTF8.GetBytes(text)), type, "DM42");
            Assert.Equal(["a", "17", "c"], (await Relay.ReadAsync(request)).Select(line => Relay.Message(line).MessageId));
        }
    }

    [Fact]
    public async Task A_cut_connection_surfaces_as_it_is_after_the_lines_before_it()
    {
        var request = new RelayRequest(new TricklingStream(Encoding.UTF8.GetBytes(Relay.Line("a") + "\n" + Relay.Line("b")), new IOException("cut")), "application/x-ndjson", "DM42");
        var lines = new List<RelayLine>();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var line in new RelayRequestReader(IngestionLimits.Default, Relay.ReturnPaths, TimeProvider.System).ReadAsync(request, TestContext.Current.CancellationToken))
                lines.Add(line);
        });
        // The second line may have lost its end: it is not taken for a message.
        Assert.Equal("a", Relay.Message(Assert.Single(lines)).MessageId);
    }

    private static byte[] AsArray(byte[] ndjson) =>
        [(byte)'[', .. ndjson.AsSpan().TrimEnd((byte)'\n').ToArray().Select(octet => octet == '\n' ? (byte)',' : octet), (byte)']'];
}
