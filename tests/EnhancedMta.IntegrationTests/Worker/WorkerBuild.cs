using System.Diagnostics;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>The function app as it is deployed, built once for all tests against the real worker packages.</summary>
internal static class WorkerBuild
{
    // Restoring downloads a hundred packages the first time.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    // What says that a package cannot be had, rather than that something is wrong with us.
    private static readonly string[] Unavailable = ["NU1101", "NU1102", "NU1103", "NU1301", "NU1302", "NU1303", NotThrough];

    private static readonly Lazy<Task<(int ExitCode, string Output)>> Build = new(RunAsync);

    private const string NotThrough = "The build was not through in time: the registry does not answer, or the machine is very busy.";

    public const string Assembly = "EnhancedMta.Functions.dll";

    /// <summary>The folder with the app; the test is skipped where the packages cannot be had.</summary>
    public static async Task<string> FolderAsync()
    {
        var (exitCode, output) = await Build.Value.WaitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(exitCode != 0 && Unavailable.Any(code => output.Contains(code, StringComparison.Ordinal)), $"The deployed build cannot be had here:\n{output}");
        Assert.True(exitCode == 0, output);
        return Path.Combine(RepositoryRoot.Find(), "artifacts", "worker", "bin", "EnhancedMta.Functions", "release");
    }

    private static async Task<(int, string)> RunAsync()
    {
        // As .ci/run builds it, so that after that nothing is left to do.
        var start = new ProcessStartInfo("dotnet", ["build", "functions/EnhancedMta.Functions", "-c", "Release", "-p:AzureFunctionsWorker=true", "-nologo", "-v", "quiet", "-nodeReuse:false"])
        {
            WorkingDirectory = RepositoryRoot.Find(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The test run's own build is none of this one's business.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        using var build = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = await Task.WhenAll(build.StandardOutput.ReadToEndAsync(limit.Token), build.StandardError.ReadToEndAsync(limit.Token));
            await build.WaitForExitAsync(limit.Token);
            return (build.ExitCode, string.Concat(output));
        }
        catch (OperationCanceledException)
        {
            build.Kill(entireProcessTree: true);
            return (1, NotThrough);
        }
    }
}
