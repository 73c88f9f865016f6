using System.Text;
using EnhancedMta.Ingestion;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>What a line may hold, and what is said of one that cannot be relayed.</summary>
public sealed class LineTests
{
    private const string Composed = """ "subject":"s","html":"<p>h</p>","from":"a@shop.example" """;

    [Theory]
    [InlineData("""{"messageId":"1","to":"jane@example.com","mime":""", "line: not valid JSON at octet 48")]
    [InlineData("""not json""", "line: not valid JSON at octet 1")]
    [InlineData("""{"messageId":"1"} {"messageId":"2"}""", "line: not valid JSON")]
    [InlineData("""["a"]""", "line: must be a JSON object")]
    [InlineData("""{}""", "messageId: missing")]
    [InlineData("""{"messageId":null,"to":"jane@example.com"}""", "messageId: missing")]
    [InlineData("""{"messageId":"","to":"jane@example.com"}""", "messageId: missing")]
    [InlineData("""{"messageId":"a b"}""", "messageId: must be")]
    [InlineData("""{"messageId":"a\r\nb"}""", "messageId: must be")]
    [InlineData("""{"messageId":"é"}""", "messageId: must be")]
    [InlineData("""{"messageId":1.5}""", "messageId: a number must be whole")]
    [InlineData("""{"messageId":1e3}""", "messageId: a number must be whole")]
    [InlineData("""{"messageId":true}""", "messageId: must be a string")]
    [InlineData("""{"messageId":{"a":1}}""", "messageId: must be a string")]
    [InlineData("""{"messageId":"1","messageId":"2"}""", "messageId: given twice")]
    [InlineData("""{"messageId":"1","to":null,"to":"jane@example.com"}""", "to: given twice")]
    [InlineData("""{"messageId":"1"}""", "to: missing")]
    [InlineData("""{"messageId":"1","to":5}""", "to: must be a string")]
    [InlineData("""{"messageId":"1","to":"jane"}""", "to: 'jane' has no @")]
    [InlineData("""{"messageId":"1","to":"jane@example.com\r\nDATA"}""", "to: the address contains a line break")]
    [InlineData("""{"messageId":"1","to":"a@b.example, c@d.example"}""", "to: 'a@b.example, c@d.example'")]
    [InlineData("""{"messageId":"1","to":"j\ud800@example.com"}""", "to: contains broken UTF-8 or half a surrogate pair")]
    [InlineData("""{"messageId":"1","to":"jane@example.com","\ud800mime":"x"}""", "line: contains broken UTF-8 or half a surrogate pair")]
    [InlineData("""{"messageId":"1","to":"jane@example.com"}""", "mime: missing")]
    [InlineData("""{"messageId":"1","to":"jane@example.com","mime":7}""", "mime: must be a string")]
    [InlineData("""{"messageId":"1","to":"jane@example.com","mime":"\udc00"}""", "mime: contains broken UTF-8")]
    [InlineData("""{"messageId":"1","to":"jane@example.com","mime":"From: a@b.example\r\n\r\n","subject":"x"}""", "mime: is the whole message")]
    [InlineData("""{"messageId":"1","to":"jane@example.com","mime":"From: a@b.example\r\n\r\n","headers":{}}""", "mime: is the whole message")]
    [InlineData("""{"messageId":"1","email":"jane@example.com"}""", "'email': not a property of a line; did you mean to?")]
    [InlineData("""{"messageId":"1","Recipient":"jane@example.com"}""", "'Recipient': not a property of a line; did you mean to?")]
    [InlineData("""{"MessageID":"1"}""", "'MessageID': not a property of a line; did you mean messageId?")]
    [InlineData("""{"messageId":"1","To":"jane@example.com"}""", "'To': not a property of a line; did you mean to?")]
    [InlineData("""{"messageId":"1","cc":["jane@example.com"]}""", "cc: a message has one recipient")]
    public async Task A_line_that_cannot_be_relayed_says_why(string line, string error) =>
        Assert.StartsWith(error, await Relay.ReadErrorAsync(line), StringComparison.Ordinal);

    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("application/json")]
    public async Task A_line_nested_without_end_is_rejected_alone(string contentType)
    {
        var deep = $"{{\"messageId\":\"2\",\"x\":{new string('[', 100_000)}{new string(']', 100_000)}}}";
        string[] lines = [Relay.Line("1"), deep, Relay.Line("3")];
        var read = await Relay.ReadAsync(contentType == "application/json" ? $"[{string.Join(',', lines)}]" : string.Join('\n', lines), contentType);
        Assert.Equal(3, read.Count);
        Assert.StartsWith("line: not valid JSON", Assert.IsType<RejectedLine>(read[1]).Error, StringComparison.Ordinal);
        Assert.Equal(["1", "3"], new[] { Relay.Message(read[0]).MessageId, Relay.Message(read[2]).MessageId });
    }

    [Theory]
    [InlineData("'x\\r\\nBcc: a@b.example'", "subject: contains a line break")]
    [InlineData("'x\\u0000'", "subject: contains a line break or NUL")]
    [InlineData("null", "subject: missing")]
    [InlineData("['x']", "subject: must be a string")]
    public async Task A_subject_cannot_forge_header_fields(string subject, string error) =>
        Assert.StartsWith(error, await Relay.ReadErrorAsync(Json($"{{'messageId':'1','to':'j@example.com','from':'a@shop.example','text':'t','subject':{subject}}}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("'from':'a@shop.example\\r\\nBcc: b@c.example'", "from: contains a line break")]
    [InlineData("'from':'A\\nB <a@shop.example>'", "from: contains a line break")]
    [InlineData("'from':'A, B <a@shop.example>'", "from: must be")]
    [InlineData("'from':'group: a@shop.example;'", "from: must be")]
    [InlineData("'from':'a@[1.2.3.4]'", "from: ")]
    [InlineData("'from':'a@shop'", "from: 'a@shop': the domain is not fully qualified")]
    [InlineData("'replyTo':'x\\r\\ny <a@shop.example>'", "replyTo: contains a line break")]
    [InlineData("'replyTo':'nobody'", "replyTo: ")]
    [InlineData("'headers':'X-A: b'", "headers: must be an object")]
    [InlineData("'headers':{'X-A':5}", "headers.'X-A': must be a string")]
    [InlineData("'headers':{'X-A':{'b':'c'}}", "headers.'X-A': must be a string")]
    [InlineData("'headers':{'X-A':'b\\r\\nBcc: c@d.example'}", "headers.'X-A': contains a line break")]
    [InlineData("'headers':{'X-A':'b\\nBcc: c@d.example'}", "headers.'X-A': contains a line break")]
    [InlineData("'headers':{'X-A':['b','c\\rd']}", "headers.'X-A': contains a line break")]
    [InlineData("'headers':{'X-A\\r\\nBcc':'c'}", "headers.'X-A??Bcc': must be 1 to 76")]
    [InlineData("'headers':{'X A':'c'}", "headers.'X A': must be 1 to 76")]
    [InlineData("'headers':{'':'c'}", "headers.'': must be 1 to 76")]
    [InlineData("'headers':{'X-É':'c'}", "headers.'X-É': must be 1 to 76")]
    [InlineData("'headers':{'bcc':'c@d.example'}", "headers.'bcc': is set here")]
    [InlineData("'headers':{'Return-Path':'c'}", "headers.'Return-Path': is set here")]
    [InlineData("'headers':{'Received':'c'}", "headers.'Received': is set here")]
    [InlineData("'headers':{'DKIM-Signature':'c'}", "headers.'DKIM-Signature': is set here")]
    [InlineData("'headers':{'content-type':'text/plain'}", "headers.'content-type': is set here")]
    [InlineData("'headers':{'MIME-Version':'1.0'}", "headers.'MIME-Version': is set here")]
    [InlineData("'headers':{'Subject':'x'}", "headers.'Subject': give it as subject")]
    [InlineData("'headers':{'Date':['x','y']}", "line: the header has Date twice")]
    [InlineData("'attachments':{}", "attachments: must be an array")]
    [InlineData("'attachments':['x']", "attachments[0]: must be an object")]
    [InlineData("'attachments':[{'name':'a'}]", "attachments[0]: name and content are required")]
    [InlineData("'attachments':[{'name':'a','content':'***'}]", "attachments[0].content: must be a string in base64")]
    [InlineData("'attachments':[{'name':'a','content':5}]", "attachments[0].content: must be a string in base64")]
    [InlineData("'attachments':[{'name':'a','content':'AA==','size':1}]", "attachments[0]: 'size' is given twice or unknown")]
    [InlineData("'attachments':[{'name':'a','content':'AA==','name':'b'}]", "attachments[0]: 'name' is given twice or unknown")]
    [InlineData("'attachments':[{'name':'a\\r\\nX: y','content':'AA=='}]", "attachments[0].name: contains a line break")]
    [InlineData("'attachments':[{'name':'a','content':'AA==','contentType':'text/x\\r\\nX: y'}]", "attachments[0].contentType: contains a line break")]
    [InlineData("'attachments':[{'name':'a','content':'AA==','contentType':'pdf'}]", "attachments[0].contentType: must be a media type")]
    [InlineData("'attachments':[{'name':'a','content':'AA==','contentType':'multipart/mixed'}]", "attachments[0].contentType: must be a media type")]
    [InlineData("'attachments':[{'name':'a','content':'AA==','contentId':'a>\\r\\nX: y'}]", "attachments[0].contentId: must be")]
    public async Task A_bad_part_of_a_composed_message_is_named(string property, string error)
    {
        var from = property.StartsWith("'from'", StringComparison.Ordinal) ? "" : "'from':'a@shop.example',";
        Assert.StartsWith(error,
            await Relay.ReadErrorAsync(Json($"{{'messageId':'1','to':'j@example.com',{from}'subject':'s','text':'t',{property}}}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_composed_message_needs_a_sender_a_subject_and_a_body()
    {
        Assert.StartsWith("from: missing", await Relay.ReadErrorAsync("""{"messageId":"1","to":"j@example.com","subject":"s","text":"t"}"""), StringComparison.Ordinal);
        Assert.StartsWith("subject: missing", await Relay.ReadErrorAsync("""{"messageId":"1","to":"j@example.com","text":"t"}""", "a@shop.example"), StringComparison.Ordinal);
        Assert.StartsWith("html: missing", await Relay.ReadErrorAsync("""{"messageId":"1","to":"j@example.com","subject":"s"}""", "a@shop.example"), StringComparison.Ordinal);
        Assert.StartsWith("html: contains a NUL", await Relay.ReadErrorAsync("""{"messageId":"1","to":"j@example.com","subject":"s","html":"\u0000"}""", "a@shop.example"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"mime":5,"messageId":"late"}""", "late")]
    [InlineData("""{"messageId":"early","to":""", "early")]
    [InlineData("""{"email":{"messageId":"inner"},"messageId":77}""", "77")]
    [InlineData("""{"to":"x","messageId":"b a d"}""", null)]
    [InlineData("""nothing""", null)]
    public async Task A_rejected_line_names_its_message_when_that_can_be_read(string line, string? messageId) =>
        Assert.Equal(messageId, Assert.IsType<RejectedLine>(Assert.Single(await Relay.ReadAsync(line))).MessageId);

    [Theory]
    [InlineData("\"123\"", "123")]
    [InlineData("123", "123")]
    [InlineData("-5", "-5")]
    [InlineData("18446744073709551616", "18446744073709551616")]
    [InlineData("\"a-b._:@+=Z\"", "a-b._:@+=Z")]
    public async Task A_message_id_is_a_string_or_a_whole_number(string json, string messageId) =>
        Assert.Equal(messageId, (await Relay.ReadOneAsync($$"""{"messageId":{{json}},"to":"j@example.com",{{Composed}}}""")).MessageId);

    [Fact]
    public async Task A_message_id_has_at_most_128_characters()
    {
        Assert.IsType<IncomingMessage>(Assert.Single(await Relay.ReadAsync(Relay.Line(new string('a', 128)))));
        Assert.StartsWith("messageId: must be", await Relay.ReadErrorAsync(Relay.Line(new string('a', 129))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_that_nobody_could_mean_are_ignored_and_null_is_as_good_as_absent() =>
        Assert.Equal("j@example.com", (await Relay.ReadOneAsync(
            $$"""{"messageId":1,"segment":{"a":[1,{"to":"x"}]},"mime":null,"to":"j@example.com","replyTo":null,"headers":{"X":null},{{Composed}}}""")).To.ToString());

    [Fact]
    public async Task Broken_utf8_is_rejected_and_its_neighbours_are_not()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(Relay.Line("a") + "\n"), .. "{\"messageId\":\"b\",\"to\":\"j@example.com\",\"mime\":\""u8, 0xC3, 0x28, .. "\"}\n"u8, .. Encoding.UTF8.GetBytes(Relay.Line("c"))];
        var lines = await Relay.ReadAsync(body);
        Assert.Equal(new RejectedLine(2, "b", "mime: contains broken UTF-8 or half a surrogate pair"), lines[1]);
        Assert.Equal(["a", "c"], lines.OfType<IncomingMessage>().Select(message => message.MessageId));
    }

    private static string Json(string singleQuoted) => singleQuoted.Replace('\'', '"');
}
