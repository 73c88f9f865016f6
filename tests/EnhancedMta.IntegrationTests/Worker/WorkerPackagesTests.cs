using System.Diagnostics;
using System.Text.Json;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>Which packages each of the two builds asks for. No registry is needed to know.</summary>
public sealed class WorkerPackagesTests
{
    // As the worker's own source has them together (August 2026). One raised without the others may not fit: change them together, with worker-surface.txt.
    private static readonly Dictionary<string, string> Worker = new(StringComparer.Ordinal)
    {
        ["Microsoft.Azure.Functions.Worker"] = "2.52.0",
        ["Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore"] = "2.1.1",
        ["Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues"] = "5.5.5",
        ["Microsoft.Azure.Functions.Worker.Extensions.Timer"] = "4.3.1",
        ["Microsoft.Azure.Functions.Worker.OpenTelemetry"] = "1.2.0",
        ["Microsoft.Azure.Functions.Worker.Sdk"] = "2.1.0",
    };

    [Fact]
    public async Task The_deployed_build_asks_for_the_worker_in_the_versions_that_belong_together()
    {
        var evaluated = await EvaluateAsync("-p:AzureFunctionsWorker=true");
        var versions = Items(evaluated, "PackageVersion").ToDictionary(p => p.Identity, p => p.Version, StringComparer.OrdinalIgnoreCase);
        var asked = Items(evaluated, "PackageReference").Select(p => p.Identity).Where(IsWorker).ToDictionary(id => id, id => versions[id], StringComparer.Ordinal);
        Assert.Equal(Worker.OrderBy(p => p.Key, StringComparer.Ordinal), asked.OrderBy(p => p.Key, StringComparer.Ordinal));
        var properties = evaluated.GetProperty("Properties");
        Assert.Equal(("Exe", "v4", "net10.0"), (properties.GetProperty("OutputType").GetString(), properties.GetProperty("AzureFunctionsVersion").GetString(), properties.GetProperty("TargetFramework").GetString()));
        Assert.DoesNotContain(Items(evaluated, "Compile"), c => c.Identity.StartsWith("Facade", StringComparison.Ordinal));
        Assert.Contains(Items(evaluated, "Compile"), c => c.Identity.Replace('\\', '/') == "Worker/Program.cs");
    }

    [Fact]
    public async Task The_default_build_asks_for_none_of_it()
    {
        var evaluated = await EvaluateAsync("-p:AzureFunctionsWorker=false");
        Assert.DoesNotContain(Items(evaluated, "PackageReference"), p => IsWorker(p.Identity));
        Assert.Contains(Items(evaluated, "Compile"), c => c.Identity.StartsWith("Facade", StringComparison.Ordinal));
        Assert.DoesNotContain(Items(evaluated, "Compile"), c => c.Identity.StartsWith("Worker", StringComparison.Ordinal));
    }

    private static bool IsWorker(string id) => id.StartsWith("Microsoft.Azure.Functions.", StringComparison.Ordinal);

    private static IEnumerable<(string Identity, string Version)> Items(JsonElement evaluated, string kind) => evaluated.GetProperty("Items").GetProperty(kind).EnumerateArray()
        .Select(item => (item.GetProperty("Identity").GetString()!, item.TryGetProperty("Version", out var version) ? version.GetString()! : ""));

    private static async Task<JsonElement> EvaluateAsync(string property)
    {
        using var msbuild = Process.Start(new ProcessStartInfo("dotnet",
        [
            "msbuild", "functions/EnhancedMta.Functions", property, "-getItem:PackageReference,PackageVersion,Compile", "-getProperty:OutputType,AzureFunctionsVersion,TargetFramework", "-nodeReuse:false",
        ])
        {
            WorkingDirectory = RepositoryRoot.Find(),
            RedirectStandardOutput = true,
        })!;
        var json = await msbuild.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await msbuild.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, msbuild.ExitCode);
        return JsonSerializer.Deserialize<JsonElement>(json);
    }
}
