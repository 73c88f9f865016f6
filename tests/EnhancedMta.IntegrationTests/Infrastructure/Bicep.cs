using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>The real compiler, from its NuGet package, and what it makes of the templates.</summary>
internal static class Bicep
{
    /// <summary>Values of the secrets while templates are expanded: wherever one of them turns up, a secret turned up.</summary>
    public const string ReturnPathKey = "bWFya2VyIG9mIHRoZSByZXR1cm4tcGF0aCBrZXk=";
    public const string AdminKey = "markerOfTheKeyThatOpensAll";
    public const string ProxyPassword = "markerOfTheProxyPassword";

    public const string LongestName = "abcdefghijk";

    private static readonly string Compiler =
        Array.Find([.. typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()], a => a.Key == "Bicep")!.Value!;

    // Each expansion takes seconds and is asked for by many tests.
    private static readonly Dictionary<string, Task<Deployment>> Expanded = [];

    public static string Folder { get; } = Path.Combine(RepositoryRoot.Find(), "infra");

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params IEnumerable<string> arguments)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
            Assert.Skip("The package has Bicep for Linux on x64.");
        var start = new ProcessStartInfo(Compiler, arguments);
        // What deploy.sh sets.
        start.Environment["MTA_RETURN_PATH_KEY"] = ReturnPathKey;
        start.Environment["MTA_ADMIN_KEY"] = AdminKey;
        start.Environment["MTA_PROXY_PASSWORD"] = ProxyPassword;
        start.Environment.Remove("MTA_REVERSE_DNS");
        return await Programs.RunAsync(start);
    }

    /// <summary>Every resource of a deployment: loops, conditions and modules carried out.</summary>
    /// <param name="environment">dev, prod, or extreme: prod with the longest name, the largest public id, and all switches the other way.</param>
    public static Task<Deployment> ExpandAsync(string environment)
    {
        if (environment != "extreme")
            return ExpandTextAsync("main.bicep", File.ReadAllText(Path.Combine(Folder, $"main.{environment}.bicepparam")));
        var lines = File.ReadAllText(Path.Combine(Folder, "main.prod.bicepparam")).Replace("publicId: 11,", "publicId: 2147483647,", StringComparison.Ordinal).Split('\n')
            .Where(line => !line.StartsWith("param name =", StringComparison.Ordinal) && !line.StartsWith("param reverseDns =", StringComparison.Ordinal));
        return ExpandTextAsync("main.bicep", string.Join('\n', [
            .. lines, $"param name = '{LongestName}'", "param reverseDns = true", "param isApiPrivate = true", "param appMakesDkimKeys = true"]));
    }

    /// <summary>The same for a template and the text of a parameter file, whose <c>using</c> is replaced.</summary>
    public static Task<Deployment> ExpandTextAsync(string template, string parameters)
    {
        lock (Expanded)
            return Expanded.TryGetValue(template + parameters, out var known) ? known : Expanded[template + parameters] = SnapshotAsync(template, parameters);
    }

    private static async Task<Deployment> SnapshotAsync(string template, string parameters)
    {
        var folder = Directory.CreateTempSubdirectory("enhancedmta-bicep-").FullName;
        try
        {
            var path = Path.GetRelativePath(folder, Path.Combine(Folder, template));
            var lines = parameters.Split('\n').Where(line => !line.StartsWith("using ", StringComparison.Ordinal));
            var file = Path.Combine(folder, "test.bicepparam");
            await File.WriteAllTextAsync(file, $"using '{path}'\n{string.Join('\n', lines)}\n", TestContext.Current.CancellationToken);
            var (exitCode, output, errors) = await RunAsync(
                "snapshot", file, "--mode", "overwrite", "--resource-group", "mta", "--location", "westeurope",
                "--subscription-id", "11111111-1111-1111-1111-111111111111", "--tenant-id", "22222222-2222-2222-2222-222222222222");
            Assert.True(exitCode == 0, output + errors);
            return new Deployment(JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "test.snapshot.json"), TestContext.Current.CancellationToken)).RootElement);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
