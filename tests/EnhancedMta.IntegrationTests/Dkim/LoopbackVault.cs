using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>
/// A key vault on loopback that speaks the secrets' REST API over TLS, with the challenge that comes before each token, and lists in pages.
/// </summary>
internal sealed class LoopbackVault : IAsyncDisposable
{
    private const string Token = "a token for this vault only";
    private const int PageSize = 2;

    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly ConcurrentDictionary<string, Secret> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private int _written;
    private int _valuesRead;
    private int _writes;

    private LoopbackVault()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Uri => new(_app.Urls.First());

    /// <summary>Answers each request with this status.</summary>
    public int? Outage { get; set; }

    /// <summary>The app's role: may it write, too?</summary>
    public bool MayWrite { get; set; } = true;

    /// <summary>How often a secret's value was asked for.</summary>
    public int ValuesRead => Volatile.Read(ref _valuesRead);

    public IReadOnlyDictionary<string, Secret> Secrets => _secrets;

    /// <summary>How often the app wrote one.</summary>
    public int Writes => Volatile.Read(ref _writes);

    public static async Task<LoopbackVault> StartAsync()
    {
        var vault = new LoopbackVault();
        await vault._app.StartAsync(TestContext.Current.CancellationToken);
        return vault;
    }

    /// <summary>A client as the app makes one, but for whom it trusts.</summary>
    public SecretClient CreateClient()
    {
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, offered, _, _) => offered?.GetCertHashString() == _certificate.GetCertHashString() };
        // The vault's host is not one of Microsoft's.
        var options = new SecretClientOptions { Transport = new HttpClientTransport(handler), DisableChallengeResourceVerification = true };
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new SecretClient(Uri, new GivenToken(), options);
    }

    /// <summary>What an operator does with <c>az keyvault secret set</c>.</summary>
    public void Set(string name, string value, params (string Name, string Value)[] tags) =>
        _secrets[name] = new Secret(value, tags.ToDictionary(tag => tag.Name, tag => tag.Value), Tick(), _secrets.GetValueOrDefault(name)?.Created);

    public void Set(string domain, string selector, string pem) =>
        Set($"dkim-{domain.Replace('.', '-')}-{selector}", pem, ("domain", domain), ("selector", selector));

    public void Remove(string name) => _secrets.TryRemove(name, out _);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Outage is { } status)
        {
            await FailAsync(context, status, "Unavailable");
            return;
        }
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.Headers.WWWAuthenticate = "Bearer authorization=\"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47\", resource=\"https://vault.azure.net\"";
            await FailAsync(context, 401, "Unauthorized");
            return;
        }
        Assert.NotEmpty(context.Request.Query["api-version"].ToString());
        switch (context.Request.Method, context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case ("GET", ["secrets"]):
                await ListAsync(context);
                break;
            case ("GET", ["secrets", var name, ..]) when _secrets.TryGetValue(name, out var secret):
                Interlocked.Increment(ref _valuesRead);
                await context.Response.WriteAsJsonAsync(View(name, secret, secret.Value));
                break;
            case ("GET", ["secrets", ..]):
                await FailAsync(context, 404, "SecretNotFound");
                break;
            case ("PUT", ["secrets", _]) when !MayWrite:
                await FailAsync(context, 403, "Forbidden");
                break;
            case ("PUT", ["secrets", var name]):
                Interlocked.Increment(ref _writes);
                using (var body = await JsonDocument.ParseAsync(context.Request.Body))
                {
                    var tags = body.RootElement.GetProperty("tags").EnumerateObject().Select(tag => (tag.Name, tag.Value.GetString()!)).ToArray();
                    Set(name, body.RootElement.GetProperty("value").GetString()!, tags);
                }
                await context.Response.WriteAsJsonAsync(View(name, _secrets[name], _secrets[name].Value));
                break;
            default:
                await FailAsync(context, 405, "MethodNotAllowed");
                break;
        }
    }

    private Task ListAsync(HttpContext context)
    {
        var from = int.Parse(context.Request.Query["$skiptoken"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var all = _secrets.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        var next = from + PageSize < all.Count ? $"{Uri}secrets?api-version={context.Request.Query["api-version"]}&$skiptoken={from + PageSize}" : null;
        return context.Response.WriteAsJsonAsync(new { value = all.Skip(from).Take(PageSize).Select(pair => View(pair.Key, pair.Value, null)), nextLink = next });
    }

    private object View(string name, Secret secret, string? value) => new
    {
        id = $"{Uri}secrets/{name}" + (value is null ? "" : "/4387e9f3d6e14c459867679a90fd0f79"),
        value,
        attributes = new { enabled = secret.Enabled, created = secret.Created, updated = secret.Updated },
        tags = secret.Tags,
    };

    private static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { code, message = $"Said by the vault on {Guid.NewGuid()}" } });
    }

    private long Tick() => 1_790_000_000 + Interlocked.Increment(ref _written);

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=vault.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    internal sealed record Secret(string Value, IReadOnlyDictionary<string, string> Tags, long Updated, long? FirstCreated)
    {
        public long Created => FirstCreated ?? Updated;

        public bool Enabled { get; init; } = true;
    }

    private sealed class GivenToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(Token, DateTimeOffset.UtcNow.AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
