using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>A real HTTPS server on loopback, with a certificate for each name that it is asked for.</summary>
internal sealed class PolicyHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PolicyHost(WebApplication app) => _app = app;

    /// <summary>By host and path: what it answers.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Answers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was asked, as host and path.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Port { get; private set; }

    /// <param name="certificate">For a host name.</param>
    public static async Task<PolicyHost> StartAsync(Func<string, X509Certificate2> certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https => https.ServerCertificateSelector = (_, name) => certificate(name ?? "nobody.test"))));
        var app = builder.Build();
        var host = new PolicyHost(app);
        app.Run(async context =>
        {
            var asked = context.Request.Host.Host + context.Request.Path;
            host.Requests.Enqueue(asked);
            if (host.Answers.TryGetValue(asked, out var answer))
                await answer(context);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        host.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return host;
    }

    /// <summary>Publishes a policy.</summary>
    public void Publish(string domain, string policy, string type = "text/plain", int status = 200) => Answers[$"mta-sts.{domain}/.well-known/mta-sts.txt"] = context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(policy);
    };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
