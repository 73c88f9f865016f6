using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>deploy.sh with a stand-in for Azure's command line; the app that it speaks to is a real one.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class DeployScriptTests(AzuriteFixture azurite) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("enhancedmta-deploy-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Log => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : "";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_first_deployment_makes_secrets_and_ends_with_a_delivered_message()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var (exitCode, _, errors) = await DeployAsync(mta, [], "--yes", "--smoke-from", "news@sender.example", "--smoke-to", $"ada@{MtaUnderTest.Domain}");
        Assert.True(exitCode == 0, errors);
        Assert.Matches(Base64(), Created("MTA_RETURN_PATH_KEY"));
        Assert.InRange(Convert.FromBase64String(Created("MTA_RETURN_PATH_KEY")).Length, 16, 64);
        Assert.InRange(Created("MTA_PROXY_PASSWORD").Length, 16, 255);
        Assert.InRange(Created("MTA_ADMIN_KEY").Length, 24, 256);
        Assert.Equal("false", Created("MTA_REVERSE_DNS"));
        // What it would do comes before what it does.
        Assert.True(Log.IndexOf("what-if", StringComparison.Ordinal) < Log.IndexOf("group create", StringComparison.Ordinal));
        Assert.Contains("az functionapp deployment source config-zip --resource-group mta --name mta-app", Log, StringComparison.Ordinal);
        // The folder that zip programs like to leave out is what tells the host of its extensions.
        Assert.Contains("published host.json", Log, StringComparison.Ordinal);
        Assert.Contains("published .azurefunctions/function.deps.json", Log, StringComparison.Ordinal);
        Assert.Contains("mta11.example.com\tA\t192.0.2.11", errors + await OutputAsync(), StringComparison.Ordinal);
        Assert.Single(mta.Sink.Ledger.Messages);
        // Nothing secret is told, to people or as an argument.
        Assert.DoesNotContain(Created("MTA_RETURN_PATH_KEY"), errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Created("MTA_PROXY_PASSWORD"), errors + string.Concat(Log.Split('\n').Where(line => line.StartsWith("az ", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_later_one_keeps_secrets_and_one_that_cannot_see_them_changes_nothing()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        Assert.Equal(0, (await DeployAsync(mta, new() { ["STAND_IN_ENTRIES"] = "return-path-key proxy-password api-key-admin" }, "--yes", "--infra-only")).ExitCode);
        Assert.Equal("", Created("MTA_RETURN_PATH_KEY"));
        Assert.Equal("", Created("MTA_PROXY_PASSWORD"));
        Assert.Equal("", Created("MTA_ADMIN_KEY"));

        File.Delete(Path.Combine(_folder, "log"));
        var (exitCode, _, errors) = await DeployAsync(mta, new() { ["STAND_IN_ENTRIES"] = "forbidden" }, "--yes", "--infra-only");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("cannot see what the vault has", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("group create", Log, StringComparison.Ordinal);

        File.Delete(Path.Combine(_folder, "log"));
        Assert.Equal(0, (await DeployAsync(mta, [], "--what-if")).ExitCode);
        Assert.DoesNotContain("group create", Log, StringComparison.Ordinal);
        // Nobody said yes.
        Assert.NotEqual(0, (await DeployAsync(mta, [], "--infra-only")).ExitCode);
        Assert.DoesNotContain("group create", Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"heloHost":"localhost","address":"127.0.0.1"}]""", "", "true")]
    [InlineData("""[{"heloHost":"localhost","address":"127.0.0.1"},{"heloHost":"localhost","address":"192.0.2.1"}]""", "", "false")]
    [InlineData("""[{"heloHost":"localhost","address":"192.0.2.1"}]""", "mta-egress-11-ip", "true")]
    public async Task Reverse_names_come_when_all_address_records_are_there_and_never_go(string egresses, string reversed, string expected)
    {
        var (exitCode, _, errors) = await DeployAsync(null, new() { ["STAND_IN_EGRESSES"] = egresses, ["STAND_IN_REVERSED"] = reversed }, "--yes", "--infra-only");
        Assert.True(exitCode == 0, errors);
        Assert.Equal(expected, Created("MTA_REVERSE_DNS"));
    }

    [Fact]
    public async Task An_upgrade_holds_mail_while_the_app_is_published_and_goes_on_as_before()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var (exitCode, _, errors) = await DeployAsync(mta, [], "--app-only", "--upgrade");
        Assert.True(exitCode == 0, errors);
        Assert.Contains("mode while publishing: maintenance", Log, StringComparison.Ordinal);
        Assert.Equal("enhanced", await ModeAsync(mta));
    }

    [Fact]
    public async Task An_upgrade_that_fails_leaves_mail_held_and_says_how_to_go_on()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var (exitCode, _, errors) = await DeployAsync(mta, new() { ["STAND_IN_BUILD"] = "fails" }, "--app-only", "--upgrade");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("The mode is still maintenance", errors, StringComparison.Ordinal);
        Assert.Equal("maintenance", await ModeAsync(mta));
    }

    [Fact]
    public async Task Proxies_are_made_anew_one_after_the_other()
    {
        var (exitCode, _, errors) = await DeployAsync(null, [], "--yes", "--infra-only", "--renew-egress");
        Assert.True(exitCode == 0, errors);
        string[] steps = ["vm delete", "group create", "run-command"];
        var done = Log.Split('\n').SkipWhile(line => !line.Contains("vm delete", StringComparison.Ordinal)).Select(line => Array.Find(steps, line.Contains)).OfType<string>();
        Assert.Equal([.. steps, .. steps], done);
    }

    [Fact]
    public async Task Without_a_key_of_the_api_only_health_is_looked_at_and_no_upgrade_begins()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var (exitCode, _, errors) = await DeployAsync(mta, new() { ["STAND_IN_NO_KEY"] = "yes" }, "--app-only");
        Assert.True(exitCode == 0, errors);
        Assert.Contains("nothing but its health was looked at", errors, StringComparison.Ordinal);
        Assert.NotEqual(0, (await DeployAsync(mta, new() { ["STAND_IN_NO_KEY"] = "yes" }, "--app-only", "--upgrade")).ExitCode);
        Assert.Equal("enhanced", await ModeAsync(mta));
    }

    private static async Task<string?> ModeAsync(MtaUnderTest mta) => (await mta.SendAsync(HttpMethod.Get, "mode", 200)).GetProperty("mode").GetString()?.ToLowerInvariant();

    private string Created(string name) => Assert.Single(Log.Split('\n'), line => line.StartsWith($"create with {name}=", StringComparison.Ordinal))[$"create with {name}=".Length..];

    private async Task<string> OutputAsync() => File.Exists(Path.Combine(_folder, "out")) ? await File.ReadAllTextAsync(Path.Combine(_folder, "out"), Cancel) : "";

    private async Task<(int ExitCode, string Output, string Errors)> DeployAsync(MtaUnderTest? mta, Dictionary<string, string> answers, params string[] options)
    {
        foreach (var (program, package) in new[] { ("bash", "bash"), ("curl", "curl"), ("jq", "jq"), ("openssl", "openssl"), ("zip", "zip"), ("unzip", "unzip"), ("getent", "libc-bin") })
            Programs.Need(program, $"Debian package {package}");
        var programs = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        var root = RepositoryRoot.Find();
        Put("az", await File.ReadAllTextAsync(Path.Combine(root, "tests/EnhancedMta.IntegrationTests/Infrastructure/az-stand-in.sh"), Cancel));
        // The build with the real worker packages cannot be made here.
        Put("dotnet", "#!/bin/bash\n[ \"$STAND_IN_BUILD\" != fails ] || exit 1\nmkdir -p \"${@: -1}/.azurefunctions\" && echo '{}' | tee \"${@: -1}/host.json\" >\"${@: -1}/.azurefunctions/function.deps.json\"\n");
        Put("sleep", "#!/bin/bash\nexec /bin/sleep 0.5\n");
        var start = new ProcessStartInfo("bash", [Path.Combine(root, "infra/deploy.sh"), "--group", "mta", "--parameters", Path.Combine(root, "infra/main.dev.bicepparam"), .. options]);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MTA_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["MTA_SSH_PUBLIC_KEY"] = "ssh-ed25519 AAAA nobody";
        start.Environment["STAND_IN_LOG"] = Path.Combine(_folder, "log");
        start.Environment["STAND_IN_API"] = mta?.Client.BaseAddress!.ToString().TrimEnd('/') ?? "";
        start.Environment["STAND_IN_KEY"] = mta?.Client.DefaultRequestHeaders.GetValues("x-functions-key").Single() ?? "";
        // The app's own key: a made one opens an app that was deployed with it, which this is not.
        if (options.Contains("--smoke-to"))
            start.Environment["MTA_API_KEY"] = start.Environment["STAND_IN_KEY"];
        foreach (var name in new[] { "STAND_IN_ENTRIES", "STAND_IN_REVERSED", "STAND_IN_EGRESSES", "STAND_IN_BUILD", "STAND_IN_NO_KEY" })
            start.Environment[name] = answers.GetValueOrDefault(name, "");
        var result = await Programs.RunAsync(start);
        await File.WriteAllTextAsync(Path.Combine(_folder, "out"), result.Output, Cancel);
        return result;

        void Put(string name, string script)
        {
            File.WriteAllText(Path.Combine(programs, name), script);
            File.SetUnixFileMode(Path.Combine(programs, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [GeneratedRegex("^[A-Za-z0-9+/]+=*$")]
    private static partial Regex Base64();
}
