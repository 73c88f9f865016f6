using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using EnhancedMta.IntegrationTests.Infrastructure;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.Demo;

/// <summary>The README's curl commands, copied from it and run by a shell against the app.</summary>
public sealed partial class ReadmeTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Each_curl_command_does_what_it_is_there_for()
    {
        Programs.Need("curl", "apt-get install curl");
        // The demo's sink.
        await using var sink = await SmtpSinkServer.StartAsync(new SmtpSinkOptions { Personas = SinkProviders.All }, TestContext.Current.CancellationToken);
        var routes = SinkProviders.All.SelectMany(provider => provider.Domains)
            .Select(domain => KeyValuePair.Create<string, string?>($"EnhancedMta:Routes:{domain}", sink.EndPointOf(domain).ToString()));
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: routes);
        var commands = Commands();
        Assert.Equal(5, commands.Count);

        Assert.Equal("P3D", (await RunAsync(mta, commands[0])).GetProperty("effectiveValidityPeriod").GetString());
        var relayed = await RunAsync(mta, commands[1]);
        Assert.Equal((2, 0), (relayed.GetProperty("accepted").GetInt32(), relayed.GetProperty("rejectedCount").GetInt32()));
        Assert.NotEmpty(relayed.GetProperty("warnings").EnumerateArray());
        await mta.SettledAsync("spring", waiting: 0);
        Assert.Equal(2, (await RunAsync(mta, commands[2])).GetProperty("summary").GetProperty("delivered").GetInt32());
        Assert.Contains("delivered", (await RunAsync(mta, commands[3])).ToString(), StringComparison.OrdinalIgnoreCase);
        await Hosting.Eventually.IsTrueAsync(
            async () => (await RunAsync(mta, commands[4])).GetProperty("events").EnumerateArray().Count(e => e.GetProperty("type").GetString() == "delivered") == 2, "both deliveries are in the feed");

        Assert.Equal(2, (await RunAsync(mta, commands[1])).GetProperty("duplicates").GetInt32());
    }

    private static List<string> Commands()
    {
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "README.md")))
            .Select(block => string.Join('\n', block.Value.TrimEnd('\n').Split('\n').Select(line => line[4..])))
            .Where(code => code.StartsWith("curl", StringComparison.Ordinal));
        // One block has two commands.
        return [.. blocks.SelectMany(code => Command().Split(code))];
    }

    private static async Task<JsonElement> RunAsync(MtaUnderTest mta, string command)
    {
        var start = new ProcessStartInfo("bash", ["-euc", command.Replace("curl ", "curl --silent --show-error --fail-with-body ", StringComparison.Ordinal)])
        {
            Environment = { ["MTA"] = mta.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), ["KEY"] = mta.Key },
        };
        var (exitCode, output, errors) = await Programs.RunAsync(start);
        Assert.True(exitCode == 0, $"{command}\n{errors}{output}");
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    [GeneratedRegex("^(?:    .*\n)+", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("\n(?=curl )")]
    private static partial Regex Command();
}
