using System.Security.Cryptography.X509Certificates;
using EnhancedMta.Feedback.Push;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Sites;
using EnhancedMta.SendingLog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>Whoever may declare a delivery must not get us to speak with what is inside our network.</summary>
public sealed class EndpointSafetyTests(AzuriteFixture azurite) : IDisposable
{
    private const string Host = "feedback.test";

    private readonly LoopbackDns _dns = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("https://127.0.0.1:{port}/", "must name a host, not an address")]
    [InlineData("https://[::ffff:127.0.0.1]:{port}/", "must name a host, not an address")]
    [InlineData("https://localhost:{port}/", "must name a host that the public DNS knows")]
    [InlineData("https://feedback.test:{port}/", "feedback.test leads to 127.0.0.1")]
    [InlineData("https://metadata.test/", "metadata.test leads to 169.254.169.254")]
    [InlineData("http://public.test/", "must begin with https://")]
    [InlineData("https://nowhere.test/", "nowhere.test")]
    public async Task Endpoints_inside_are_not_connected_to(string url, string error)
    {
        await using var receiver = await FeedbackReceiver.StartAsync();
        _dns.A(Host, "127.0.0.1");
        _dns.A("metadata.test", "169.254.169.254");
        _dns.A("public.test", "203.0.113.1");
        var report = await PushAsync(new Uri(url.Replace("{port}", $"{receiver.Url.Port}", StringComparison.Ordinal)), trusted: null);
        Assert.Contains(error, report.LastError, StringComparison.Ordinal);
        Assert.Equal(("failing", 1), (report.State, report.Failures));
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var inside = await FeedbackReceiver.StartAsync();
        await using var receiver = await FeedbackReceiver.StartAsync();
        receiver.Answer = (context, _) =>
        {
            context.Response.Headers.Location = inside.Url.ToString();
            return Task.FromResult<int?>(StatusCodes.Status307TemporaryRedirect);
        };
        var report = await PushAsync(receiver.Url, trusted: "127.0.0.1");
        Assert.Contains("redirects are not followed", report.LastError, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Theory]
    [InlineData(Host, null)]
    [InlineData("another.test", "certificate")]
    public async Task The_certificate_must_be_the_host_s(string issuedTo, string? error)
    {
        using var authority = new PrivateAuthority();
        var (key, pem) = authority.Issue(issuedTo);
        using var certificate = X509CertificateLoader.LoadPkcs12(X509Certificate2.CreateFromPem(pem, key).Export(X509ContentType.Pkcs12), null);
        await using var receiver = await FeedbackReceiver.StartAsync(certificate);
        _dns.A(Host, "127.0.0.1");
        var report = await PushAsync(new Uri($"https://{Host}:{receiver.Url.Port}/feedback"), trusted: Host, new PushOptions { Authorities = authority.Certificates });
        if (error is null)
            Assert.Equal(("upToDate", null, 1), (report.State, report.LastError, receiver.Events.Count));
        else
            Assert.Contains(error, report.LastError, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(error is null, receiver.Requests.Count == 1);
    }

    public void Dispose() => _dns.Dispose();

    private async Task<EndpointReport> PushAsync(Uri url, string? trusted, PushOptions? options = null)
    {
        await using var process = new FeedProcess(
            azurite.NewAccount(), _clock, 1,
            [new("EnhancedMta:NameServers:0", _dns.EndPoint.ToString()), new("EnhancedMta:Feedback:TrustedHosts:0", trusted)], options);
        await process.Storage.EnsureCreatedAsync(CancellationToken.None);
        await process.DeclareAsync("d", url);
        await process.CommitAsync(new LogPartition("d", 0), "m");
        await process.CollectAsync();
        await process.PushAsync();
        return Assert.Single(await process.Get<EndpointReports>().ListAsync(CancellationToken.None));
    }
}
