using System.Net;
using System.Text;
using EnhancedMta.Http.Access;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Http;

/// <summary>Keys by role, over HTTP.</summary>
public sealed class HttpRolesTests(AzuriteFixture azurite)
{
    private const string Read = "read-key-for-this-test-only";
    private const string Ingest = "ingest-key-for-this-test-only";
    private const string Dsn = "dsn-key-for-this-test-only";

    private static readonly KeyValuePair<string, string?>[] Keys =
    [
        KeyValuePair.Create("EnhancedMta:Keys:Read:0", (string?)Read), KeyValuePair.Create("EnhancedMta:Keys:Ingest:0", (string?)Ingest),
        KeyValuePair.Create("EnhancedMta:Keys:Bounces:dsn:0", (string?)Dsn), KeyValuePair.Create("EnhancedMta:RequestsPerSecond:Read", (string?)"1"),
    ];

    [Fact]
    public async Task Each_key_opens_its_own_functions()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, Keys);
        mta.Client.DefaultRequestHeaders.Remove(HttpAccess.Header);
        foreach (var (key, method, path, status) in new[]
        {
            (Ingest, HttpMethod.Put, "deliveries/d", 201), (Read, HttpMethod.Put, "deliveries/d", 403), (Dsn, HttpMethod.Put, "deliveries/d", 403),
            (Read, HttpMethod.Get, "deliveries/d", 200), (Ingest, HttpMethod.Get, "deliveries/d", 403), (Dsn, HttpMethod.Get, "deliveries/d", 403),
            (Read, HttpMethod.Post, "mode", 403), (Ingest, HttpMethod.Post, "mode", 403),
            // Reached: the body is not one that it takes.
            (Dsn, HttpMethod.Post, "bounces/dsn", 415), (Dsn, HttpMethod.Post, "bounces/arf", 403), (Read, HttpMethod.Post, "bounces/dsn", 403),
        })
        {
            using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Get ? null : new StringContent("{}", Encoding.UTF8, "application/json"), Headers = { { HttpAccess.Header, key } } };
            using var answer = await mta.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(status == (int)answer.StatusCode, $"{method} {path} with {key}: {(int)answer.StatusCode}");
            using var again = new HttpRequestMessage(method, $"{path}?code={key}") { Content = method == HttpMethod.Get ? null : new StringContent("{}", Encoding.UTF8, "application/json") };
            using var same = await mta.Client.SendAsync(again, TestContext.Current.CancellationToken);
            Assert.Equal(status == 201 ? 200 : status, (int)same.StatusCode);
        }
    }

    [Fact]
    public async Task Each_answer_says_that_it_is_no_page_and_not_to_be_kept()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        foreach (var path in new[] { "deliveries", "deliveries/unknown", "health" })
        {
            using var answer = await mta.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.True(answer.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_again()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, Keys);
        mta.Client.DefaultRequestHeaders.Remove(HttpAccess.Header);
        mta.Client.DefaultRequestHeaders.Add(HttpAccess.Header, Read);
        // The clock of the test stands still: ten at once, and not one more.
        for (var i = 0; i < 10; i++)
            await mta.SendAsync(HttpMethod.Get, "mode", 200);
        using var answer = await mta.Client.GetAsync("mode", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (answer.StatusCode, answer.Headers.RetryAfter?.Delta));
        mta.Clock.Advance(TimeSpan.FromSeconds(1));
        await mta.SendAsync(HttpMethod.Get, "mode", 200);
    }
}
