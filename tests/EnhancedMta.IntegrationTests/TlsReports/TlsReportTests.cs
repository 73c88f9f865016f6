using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.TlsPolicies;
using EnhancedMta.TlsReports;
using MimeKit;

namespace EnhancedMta.IntegrationTests.TlsReports;

/// <summary>From sessions to the report in the domain's hands (RFC 8460), by mail and by HTTPS.</summary>
public sealed class TlsReportTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_domain_gets_one_report_a_day_by_mail_even_while_its_tls_is_broken()
    {
        await using var mta = await TlsPipeline.StartAsync(azurite);
        mta.Server.Identity = MailAuthority.SelfSigned(TlsWorld.Host);
        foreach (var domain in new[] { "strict.test", "easy.test", "silent.test" })
            mta.Domain(domain);
        mta.Enforce("strict.test");
        mta.Dns.Txt("_smtp._tls.strict.test", "v=TLSRPTv1; rua=mailto:tls@strict.test");
        mta.Dns.Txt("_smtp._tls.easy.test", "v=TLSRPTv1; rua=mailto:tls@easy.test");
        var day = DateOnly.FromDateTime(mta.Clock.GetUtcNow().UtcDateTime);
        await mta.RelayAsync(["a@strict.test", "a@easy.test", "b@easy.test", "a@silent.test"]);
        var sent = mta.Server.Mails.Count;

        await ReportAsync(mta, day);
        await ReportAsync(mta, day);

        var mails = mta.Server.Mails.Skip(sent).ToDictionary(mail => mail.Recipient, mail => MimeMessage.Load(new MemoryStream(mail.Data)));
        Assert.Equal(["tls@easy.test", "tls@strict.test"], mails.Keys.Order());
        var mail = mails["tls@strict.test"];
        Assert.Equal($"Report Domain: strict.test Submitter: sender.example Report-ID: <{day:yyyy-MM-dd}.strict.test@sender.example>", mail.Subject);
        Assert.Equal(("strict.test", "sender.example", "No"), (mail.Headers["TLS-Report-Domain"], mail.Headers["TLS-Report-Submitter"], mail.Headers["TLS-Required"]));
        Assert.Equal(("multipart/report", "tlsrpt"), (mail.Body!.ContentType.MimeType, mail.Body.ContentType.Parameters["report-type"]));
        var part = Assert.IsType<MimePart>(((Multipart)mail.Body!)[1]);
        Assert.Equal("application/tlsrpt+gzip", part.ContentType.MimeType);
        var begin = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();
        Assert.Equal($"sender.example!strict.test!{begin}!{begin + 86_399}.json.gz", part.FileName);

        var report = Read(part);
        Assert.Equal(("The sender", "mailto:tls@sender.example", $"{day:yyyy-MM-dd}.strict.test@sender.example"), (Text(report, "organization-name"), Text(report, "contact-info"), Text(report, "report-id")));
        Assert.Equal(($"{day:yyyy-MM-dd}T00:00:00Z", $"{day:yyyy-MM-dd}T23:59:59Z"), (Text(report.GetProperty("date-range"), "start-datetime"), Text(report.GetProperty("date-range"), "end-datetime")));
        var strict = Assert.Single(report.GetProperty("policies").EnumerateArray());
        Assert.Equal(("sts", "strict.test"), (Text(strict.GetProperty("policy"), "policy-type"), Text(strict.GetProperty("policy"), "policy-domain")));
        Assert.Equal(["version: STSv1", "mode: enforce", "mx: mx.a.test", "max_age: 86400"], strict.GetProperty("policy").GetProperty("policy-string").EnumerateArray().Select(line => line.GetString()));
        Assert.Equal("mx.a.test", Assert.Single(strict.GetProperty("policy").GetProperty("mx-host").EnumerateArray()).GetString());
        Assert.Equal((0, 1), Sessions(strict));
        var failure = Assert.Single(strict.GetProperty("failure-details").EnumerateArray());
        Assert.Equal(("certificate-not-trusted", "mx.a.test", "127.0.0.1", 1), (Text(failure, "result-type"), Text(failure, "receiving-mx-hostname"), Text(failure, "receiving-ip"), failure.GetProperty("failed-session-count").GetInt32()));

        // Two messages over one session, or over one each: sessions count, not messages.
        var easy = Assert.Single(Read(((Multipart)mails["tls@easy.test"].Body!)[1]).GetProperty("policies").EnumerateArray());
        Assert.Equal("no-policy-found", Text(easy.GetProperty("policy"), "policy-type"));
        Assert.InRange(Sessions(easy).Successful, 1, 2);
        Assert.Empty(easy.GetProperty("failure-details").EnumerateArray());
    }

    [Fact]
    public async Task A_post_that_fails_is_tried_again_under_the_same_id()
    {
        await using var mta = await TlsPipeline.StartAsync(azurite);
        mta.Server.Tls = SmtpTls.NotOffered;
        mta.Domain("easy.test");
        mta.Dns.A("reports.test", "127.0.0.1");
        mta.Dns.Txt("_smtp._tls.easy.test", $"v=TLSRPTv1; rua=https://reports.test:{mta.PolicyHost.Port}/tls");
        var posts = new ConcurrentQueue<(string? Type, JsonElement Report)>();
        mta.PolicyHost.Answers["reports.test/tls"] = async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            posts.Enqueue((context.Request.ContentType, Read(body.ToArray())));
            context.Response.StatusCode = posts.Count == 1 ? 503 : 201;
        };
        var day = DateOnly.FromDateTime(mta.Clock.GetUtcNow().UtcDateTime);
        await mta.RelayAsync(["a@easy.test"]);
        for (var i = 0; i < 4; i++)
            await ReportAsync(mta, day);

        Assert.Equal(2, posts.Count);
        Assert.All(posts, post => Assert.Equal("application/tlsrpt+gzip", post.Type));
        Assert.Single(posts.Select(post => Text(post.Report, "report-id")).Distinct());
        var policy = Assert.Single(posts.Last().Report.GetProperty("policies").EnumerateArray());
        Assert.Equal((0, 1), Sessions(policy));
        Assert.Equal("starttls-not-supported", Text(policy.GetProperty("failure-details")[0], "result-type"));
    }

    [Fact]
    public async Task Counts_of_several_processes_add_up_and_a_repeated_writing_counts_once()
    {
        var table = (await StorageTables.CreateAsync(azurite)).Reports;
        var counts = new TallyTable(table);
        var day = new DateOnly(2026, 11, 24);
        TallyRow Row(string domain, string writing, long sessions) => new(day, domain, writing, [new(new TlsCount("sts", "version: STSv1", "mx.test", null, null, null, null, null), sessions)]);
        TallyRow[] first = [.. Enumerable.Range(0, 150).Select(n => Row($"{n}.test", "a", 1)), Row("a.test", "a", 5), Row("a.test-b", "a", 7)];
        await counts.WriteAsync(first, TestContext.Current.CancellationToken);
        await counts.WriteAsync(first, TestContext.Current.CancellationToken);
        await counts.WriteAsync([Row("a.test", "b", 6)], TestContext.Current.CancellationToken);
        await counts.MarkAsync(day, "0.test", TestContext.Current.CancellationToken);
        var days = await counts.ReadAsync(day, TestContext.Current.CancellationToken).ToDictionaryAsync(found => found.Domain, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(152, days.Count);
        Assert.Equal((11, 7), (Assert.Single(days["a.test"].Counts).Sessions, Assert.Single(days["a.test-b"].Counts).Sessions));
        Assert.Equal("0.test", Assert.Single(days.Values, found => found.IsReported).Domain);
        await counts.ForgetAsync(day.AddDays(1), TestContext.Current.CancellationToken);
        Assert.False(await counts.ReadAsync(day, TestContext.Current.CancellationToken).AnyAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>At a time when all reports of the day are due: what is counted is written, and the timer runs.</summary>
    private static async Task ReportAsync(TlsPipeline mta, DateOnly day)
    {
        await mta.Get<TallyKeeping>().WriteAsync(TestContext.Current.CancellationToken);
        var due = new DateTimeOffset(day.AddDays(1), new TimeOnly(6, 0), TimeSpan.Zero);
        mta.Clock.SetUtcNow(mta.Clock.GetUtcNow() < due ? due : mta.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        await mta.Get<ReportSending>().RunAsync(Limit, TestContext.Current.CancellationToken);
        await mta.WorkAsync();
    }

    private static JsonElement Read(MimeEntity part)
    {
        using var content = new MemoryStream();
        ((MimePart)part).Content!.DecodeTo(content);
        return Read(content.ToArray());
    }

    private static JsonElement Read(byte[] gzip)
    {
        using var json = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<JsonElement>(json);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static (int Successful, int Failed) Sessions(JsonElement policy) =>
        (policy.GetProperty("summary").GetProperty("total-successful-session-count").GetInt32(), policy.GetProperty("summary").GetProperty("total-failure-session-count").GetInt32());
}
