using System.Reflection;
using System.Text.Json;
using EnhancedMta.Http;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.IntegrationTests.Api;

public sealed class OpenApiTests(AzuriteFixture azurite)
{
    [Fact]
    public void The_document_has_every_route_of_the_functions_and_no_other()
    {
        var routes = typeof(Functions.RelayMessages).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .SelectMany(m => m.GetParameters())
            .Select(p => p.GetCustomAttribute<HttpTriggerAttribute>())
            .OfType<HttpTriggerAttribute>()
            .SelectMany(h => h.Methods!.Select(method => $"{method} /{h.Route}"))
            .Order(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(StateEndpoints.OpenApiDocument());
        var documented = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name} {path.Name}"))
            .Order(StringComparer.Ordinal);
        Assert.Equal(routes, documented);
    }

    [Fact]
    public async Task Document_and_health_are_served_without_a_key()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        mta.Client.DefaultRequestHeaders.Remove(FunctionKeys.Header);
        Assert.Equal("3.1.0", (await mta.SendAsync(HttpMethod.Get, "openapi.json", 200)).GetProperty("openapi").GetString());
        Assert.Equal("ok", (await mta.SendAsync(HttpMethod.Get, "health", 200)).GetProperty("status").GetString());
    }
}
