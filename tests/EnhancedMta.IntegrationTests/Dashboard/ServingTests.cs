using System.IO.Compression;
using System.Net;
using EnhancedMta.Dashboard;
using EnhancedMta.Http;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.IntegrationTests.Dashboard;

/// <summary>The page and its files as they are served.</summary>
public sealed class ServingTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Page_and_files_need_no_key_and_are_kept_by_their_hash()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        mta.Client.DefaultRequestHeaders.Remove(FunctionKeys.Header);
        var version = DashboardAssets.Load().Version;

        using var page = await GetAsync(mta, "dashboard");
        Assert.Equal((HttpStatusCode.OK, "text/html", "no-cache"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType, page.Headers.CacheControl?.ToString()));
        Assert.Contains($"dashboard/{version}/app.js", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        using var script = await GetAsync(mta, $"dashboard/{version}/app.js");
        Assert.Equal("public, max-age=31536000, immutable", script.Headers.CacheControl?.ToString());
        foreach (var answer in new[] { page, script })
        {
            Assert.Equal(DashboardEndpoints.ContentSecurityPolicy, Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            using var again = await GetAsync(mta, answer.RequestMessage!.RequestUri!.ToString(), ("If-None-Match", answer.Headers.ETag!.ToString()));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        }

        // Files of another release are not kept: they are of this one.
        using var other = await GetAsync(mta, "dashboard/0123456789abcdef/app.js");
        Assert.Equal((HttpStatusCode.OK, "no-store"), (other.StatusCode, other.Headers.CacheControl?.ToString()));
        using var none = await GetAsync(mta, $"dashboard/{version}/..%2Fopenapi.json");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Files_come_compressed_to_who_takes_that()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        using var plain = await GetAsync(mta, "dashboard/x/uPlot.esm.js");
        using var small = await GetAsync(mta, "dashboard/x/uPlot.esm.js", ("Accept-Encoding", "br, gzip"));
        Assert.Equal("gzip", Assert.Single(small.Content.Headers.ContentEncoding));
        Assert.NotEqual(plain.Headers.ETag, small.Headers.ETag);
        await using var unpacked = new GZipStream(await small.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        using var text = new StreamReader(unpacked);
        Assert.Equal(await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await text.ReadToEndAsync(TestContext.Current.CancellationToken));
        using var refused = await GetAsync(mta, "dashboard/x/uPlot.esm.js", ("Accept-Encoding", "gzip;q=0"));
        Assert.Empty(refused.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_slash_too_many_leads_to_the_page()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        using var page = await GetAsync(mta, "dashboard/");
        Assert.Equal((HttpStatusCode.OK, "/api/dashboard"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
    }

    private static async Task<HttpResponseMessage> GetAsync(MtaUnderTest mta, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await mta.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
