using System.Globalization;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Http.Access;

/// <summary>Which key opens what, and how often.</summary>
public sealed class HttpAccessTests
{
    private const string Read = "read-key-read-key-read-key";
    private const string ReadNext = "the-next-read-key-of-24-chars";
    private const string Ingest = "ingest-key-ingest-key-ingest";
    private const string Admin = "admin-key-admin-key-admin-key";
    private const string SendGrid = "sendgrid-key-sendgrid-key";
    private const string Both = "one-key-for-ingest-and-read";

    private static readonly (string Setting, string Key)[] Keys =
    [
        ("Read:0", Read), ("Read:1", ReadNext), ("Ingest:0", Ingest), ("Admin:0", "sha256:" + Hex(Admin)), ("Bounces:sendgrid:0", SendGrid),
        ("Ingest:1", Both), ("Read:2", Both),
    ];

    private readonly FakeTimeProvider _time = new();
    private readonly HttpAccess _access;

    public HttpAccessTests() => _access = Access(new RequestRates(OfRead: 3, OfIngest: 5), Keys);

    [Theory]
    [InlineData(Role.Anyone, null, null, 0)]
    [InlineData(Role.Anyone, null, "wrong", 0)]
    [InlineData(Role.Read, null, Read, 0)]
    [InlineData(Role.Read, null, ReadNext, 0)]
    [InlineData(Role.Read, null, Both, 0)]
    [InlineData(Role.Ingest, null, Both, 0)]
    [InlineData(Role.Ingest, null, Ingest, 0)]
    [InlineData(Role.Bounces, "sendgrid", SendGrid, 0)]
    [InlineData(Role.Bounces, "SendGrid", SendGrid, 0)]
    [InlineData(Role.Read, null, Admin, 0)]
    [InlineData(Role.Ingest, null, Admin, 0)]
    [InlineData(Role.Bounces, "ses", Admin, 0)]
    [InlineData(Role.Admin, null, Admin, 0)]
    [InlineData(Role.Read, null, null, 401)]
    [InlineData(Role.Read, null, "", 401)]
    [InlineData(Role.Read, null, "wrong", 401)]
    [InlineData(Role.Read, null, "READ-KEY-READ-KEY-READ-KEY", 401)]
    [InlineData(Role.Read, null, Read + "x", 401)]
    [InlineData(Role.Read, null, Ingest, 403)]
    [InlineData(Role.Ingest, null, Read, 403)]
    [InlineData(Role.Ingest, null, SendGrid, 403)]
    [InlineData(Role.Bounces, "ses", SendGrid, 403)]
    [InlineData(Role.Bounces, null, SendGrid, 403)]
    [InlineData(Role.Bounces, "sendgrid", Ingest, 403)]
    [InlineData(Role.Admin, null, Read, 403)]
    [InlineData(Role.Admin, null, Ingest, 403)]
    [InlineData(Role.Admin, null, Both, 403)]
    public void A_key_opens_what_it_is_for(Role role, string? source, string? key, int refused)
    {
        var inHeader = Request(key, source);
        Assert.Equal(refused, Status(_access.Refuse(inHeader, role)));
        Assert.Equal(refused == 401, inHeader.HttpContext.Response.Headers.WWWAuthenticate.Count == 1);
        var inAddress = Request(null, source);
        inAddress.QueryString = new QueryString($"?code={Uri.EscapeDataString(key ?? "")}");
        Assert.Equal(refused, Status(_access.Refuse(inAddress, role)));
    }

    [Fact]
    public void The_hash_itself_opens_nothing()
    {
        Assert.Equal(401, Status(_access.Refuse(Request("sha256:" + Hex(Admin)), Role.Admin)));
        Assert.Equal(401, Status(_access.Refuse(Request(Hex(Admin)), Role.Admin)));
    }

    [Fact]
    public void The_header_wins_over_the_address()
    {
        var request = Request("wrong");
        request.QueryString = new QueryString($"?code={Admin}");
        Assert.Equal(401, Status(_access.Refuse(request, Role.Admin)));
    }

    [Fact]
    public void An_answer_never_holds_a_key()
    {
        foreach (var (role, key) in new[] { (Role.Admin, Read), (Role.Read, "a-wrong-key-that-was-sent") })
        {
            var problem = Assert.IsType<ProblemHttpResult>(_access.Refuse(Request(key), role)).ProblemDetails;
            Assert.DoesNotContain(key, problem.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain(Hex(key), problem.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_any_key_the_answer_says_which_setting_is_missing()
    {
        var problem = Assert.IsType<ProblemHttpResult>(Access(RequestRates.Default).Refuse(Request("anything"), Role.Read));
        Assert.Equal(401, problem.StatusCode);
        Assert.Contains("EnhancedMta__Keys__Admin__0", problem.ProblemDetails.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_runs_wild_is_told_when_to_come_again_and_others_are_not()
    {
        for (var i = 0; i < 30; i++)
            Assert.Null(_access.Refuse(Request(Read), Role.Read));
        var request = Request(Read);
        Assert.Equal(429, Status(_access.Refuse(request, Role.Read)));
        var wait = int.Parse(request.HttpContext.Response.Headers.RetryAfter.ToString(), CultureInfo.InvariantCulture);
        Assert.Equal(1, wait);

        // Another key of the role, and the same client's other key.
        Assert.Null(_access.Refuse(Request(ReadNext), Role.Read));
        Assert.Null(_access.Refuse(Request(Both), Role.Ingest));

        // What was refused has cost nothing: a second later three more go.
        _time.Advance(TimeSpan.FromSeconds(wait));
        Assert.Equal([0, 0, 0, 429], Enumerable.Range(0, 4).Select(_ => Status(_access.Refuse(Request(Read), Role.Read))));
    }

    [Fact]
    public void One_key_has_a_rate_for_each_role_that_it_opens()
    {
        for (var i = 0; i < 30; i++)
            Assert.Null(_access.Refuse(Request(Admin), Role.Read));
        Assert.Equal(429, Status(_access.Refuse(Request(Admin), Role.Read)));
        Assert.Null(_access.Refuse(Request(Admin), Role.Ingest));
    }

    private static string Hex(string key) => Convert.ToHexStringLower(AccessKey.HashOf(key));

    private static int Status(IResult? result) => result is null ? 0 : Assert.IsType<ProblemHttpResult>(result).StatusCode;

    private HttpAccess Access(RequestRates rates, params IEnumerable<(string Setting, string Key)> keys)
    {
        var faults = new List<string>();
        var settings = new ConfigurationBuilder().AddInMemoryCollection(keys.Select(k => KeyValuePair.Create($"Keys:{k.Setting}", (string?)k.Key))).Build();
        var read = AccessKeys.Read(settings.GetSection("Keys"), faults);
        Assert.Empty(faults);
        return new HttpAccess(read, new KeyRates(rates, _time));
    }

    private static HttpRequest Request(string? key, string? source = null)
    {
        var request = new DefaultHttpContext().Request;
        if (key is not null)
            request.Headers[HttpAccess.Header] = key;
        if (source is not null)
            request.RouteValues["source"] = source;
        return request;
    }
}
