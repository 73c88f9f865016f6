using System.Diagnostics;
using System.Text.Json;

namespace EnhancedMta.IntegrationTests.Demo;

/// <summary>The README's first command, as a user runs it.</summary>
public sealed class DemoTests
{
    private static readonly string[] Names =
    [
        "relayed", "delivered", "failed", "softBounced", "retried", "successPercent", "deliveredPercent",
        "seconds", "messagesPerSecond", "storageOperationsPerMessage", "lost", "duplicates",
    ];

    [Fact]
    public async Task The_demo_ends_with_a_line_of_JSON_in_which_nothing_is_lost_or_doubled()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "EnhancedMta.LocalHost.dll"), "demo", "--messages", "300", "--exit", "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        using var demo = Process.Start(start)!;
        var output = demo.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var told = demo.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await demo.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
        Assert.True(demo.ExitCode == 0, $"The demo ended with {demo.ExitCode}: {await told}");

        var result = JsonSerializer.Deserialize<Dictionary<string, double>>((await output).TrimEnd().Split('\n')[^1])!;
        Assert.Equal(Names, result.Keys);
        Assert.Equal((300, 0, 0), (result["relayed"], result["lost"], result["duplicates"]));
        Assert.Equal(300, result["delivered"] + result["failed"]);
        Assert.True(result["failed"] > 0 && result["softBounced"] > 0 && result["retried"] > 0, "The sink is to answer as providers do.");
        Assert.Equal(Math.Round(100 * result["delivered"] / 300, 2), result["successPercent"], 2);
    }
}
