using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using EnhancedMta.Storage.EntityGroups;

namespace EnhancedMta.Tests.Storage;

/// <summary>Answers to transactions: as Azure's documentation shows them, and as nobody should send them.</summary>
public sealed class EntityGroupAnswerTests
{
    // "Performing entity group transactions", Azure Storage's REST reference; its bounds shortened.
    private const string Documented = """
        --batchresponse_1
        Content-Type: multipart/mixed; boundary=changesetresponse_2

        --changesetresponse_2
        Content-Type: application/http
        Content-Transfer-Encoding: binary

        HTTP/1.1 204 No Content
        Content-ID: 1
        X-Content-Type-Options: nosniff
        Cache-Control: no-cache
        Preference-Applied: return-no-content
        DataServiceVersion: 3.0;
        Location: https://myaccount.table.core.windows.net/Blogs(PartitionKey='Channel_19',RowKey='1')
        DataServiceId: https://myaccount.table.core.windows.net/Blogs(PartitionKey='Channel_19',RowKey='1')
        ETag: W/"datetime'2013-11-02T10%3A24%3A49.1234567Z'"


        --changesetresponse_2
        Content-Type: application/http
        Content-Transfer-Encoding: binary

        HTTP/1.1 204 No Content
        Content-ID: 2
        X-Content-Type-Options: nosniff
        Cache-Control: no-cache
        DataServiceVersion: 1.0;


        --changesetresponse_2--
        --batchresponse_1--

        """;

    private const string Refused = """
        --batchresponse_1
        Content-Type: multipart/mixed; boundary=changesetresponse_2

        --changesetresponse_2
        Content-Type: application/http
        Content-Transfer-Encoding: binary

        HTTP/1.1 404 Not Found
        Content-ID: 1
        X-Content-Type-Options: nosniff
        Cache-Control: no-cache
        DataServiceVersion: 3.0;
        Content-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8

        {"odata.error":{"code":"ResourceNotFound","message":{"lang":"en-US","value":"1:The specified resource does not exist.\nRequestId:1\nTime:2013-11-02T10:24:49.1234567Z"}}}
        --changesetresponse_2--
        --batchresponse_1--

        """;

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public void Each_row_has_its_status_and_ETag(string lineEnd)
    {
        var answers = EntityGroupAnswer.Read(new Answer(Documented.ReplaceLineEndings(lineEnd)), 2);
        Assert.Equal([204, 204], answers.Select(a => a.Status));
        Assert.Equal([new ETag("W/\"datetime'2013-11-02T10%3A24%3A49.1234567Z'\""), null], answers.Select(a => a.Headers.ETag));
    }

    [Fact]
    public void The_row_that_failed_is_named()
    {
        var failure = Assert.Throws<TableTransactionFailedException>(() => EntityGroupAnswer.Read(new Answer(Refused.ReplaceLineEndings("\r\n")), 2));
        Assert.Equal((404, "ResourceNotFound", 1), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
    }

    [Fact]
    public void An_error_without_words_still_is_one()
    {
        foreach (var body in new[] { "<html>Bad gateway</html>", "{", "[]", "{}", "{\"odata.error\":{}}", "{\"odata.error\":1}", "" })
        {
            var failure = Assert.Throws<TableTransactionFailedException>(() => EntityGroupAnswer.Read(new Answer($"--b\r\n\r\nHTTP/1.1 412 Precondition Failed\r\n\r\n{body}\r\n--b--\r\n"), 1));
            Assert.Equal((412, null, null), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
        }
    }

    [Fact]
    public void An_answer_cut_anywhere_is_never_taken_for_success()
    {
        var text = Documented.ReplaceLineEndings("\r\n");
        // From where the last boundary begins, all is told that there is to tell.
        var enough = text.LastIndexOf("--changesetresponse_2--", StringComparison.Ordinal);
        for (var length = 0; length < enough; length++)
            Assert.ThrowsAny<RequestFailedException>(() => EntityGroupAnswer.Read(new Answer(text[..length]), 2));
        Assert.ThrowsAny<RequestFailedException>(() => EntityGroupAnswer.Read(new Answer(text), 3));
        Assert.ThrowsAny<RequestFailedException>(() => EntityGroupAnswer.Read(new Answer(text), 1));
    }

    private sealed class Answer(string text) : Response
    {
        public override int Status => 202;

        public override string ReasonPhrase => "Accepted";

        public override Stream? ContentStream { get; set; } = new MemoryStream(Encoding.UTF8.GetBytes(text));

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }
    }
}
