using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>Scripts and workflows, as the tools that know their languages see them.</summary>
[SupportedOSPlatform("linux")]
public sealed class ScriptsTests
{
    private static readonly string[] Shell = ["infra/deploy.sh", "infra/egress/mta-proxy-password"];

    [Fact]
    public async Task Shell_scripts_have_no_faults()
    {
        var (exitCode, output, errors) = await Programs.RunAsync(Programs.Need("shellcheck", "Debian package shellcheck"), Shell.Select(script => Path.Combine(RepositoryRoot.Find(), script)));
        Assert.True(exitCode == 0, output + errors);
    }

    [Fact]
    public async Task Shell_scripts_can_be_run()
    {
        foreach (var script in Shell)
        {
            var path = Path.Combine(RepositoryRoot.Find(), script);
            Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute), script);
            var (exitCode, _, errors) = await Programs.RunAsync((await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).StartsWith("#!/bin/sh", StringComparison.Ordinal) ? "sh" : "bash", "-n", path);
            Assert.True(exitCode == 0, errors);
        }
    }

    [Fact]
    public async Task Powershell_can_read_its_script()
    {
        var start = new ProcessStartInfo(Programs.Need("pwsh", "the .NET tool PowerShell"),
        [
            "-NoProfile", "-Command",
            "$e = $null; [void][System.Management.Automation.Language.Parser]::ParseFile($env:SCRIPT, [ref]$null, [ref]$e); $e | ForEach-Object { \"$_\" }; exit $e.Count",
        ]);
        start.Environment["SCRIPT"] = Path.Combine(Bicep.Folder, "deploy.ps1");
        var (exitCode, output, errors) = await Programs.RunAsync(start);
        Assert.True(exitCode == 0, output + errors);
    }

    [Fact]
    public async Task Workflows_have_no_faults()
    {
        var workflows = Directory.GetFiles(Path.Combine(RepositoryRoot.Find(), ".github", "workflows"), "*.yml");
        Assert.NotEmpty(workflows);
        await using var node = await NodeProcess.StartAsync("Infrastructure/lint-workflows.mjs", workflows);
        var findings = JsonSerializer.Deserialize<JsonElement>(await node.ReadLineAsync());
        if (findings.ValueKind == JsonValueKind.String)
            Assert.Skip(findings.GetString()!);
        Assert.Empty(findings.EnumerateArray().Select(finding => finding.ToString()));
    }

    [Fact]
    public void Workflows_name_no_secret_and_ask_for_no_more_than_they_need()
    {
        foreach (var workflow in Directory.GetFiles(Path.Combine(RepositoryRoot.Find(), ".github", "workflows"), "*.yml"))
        {
            var text = File.ReadAllText(workflow);
            Assert.DoesNotContain("secrets.", text, StringComparison.Ordinal);
            Assert.Contains("\npermissions:\n  contents: read\n", text, StringComparison.Ordinal);
            // What comes from outside goes by environment variables, never into a script's text.
            Assert.DoesNotMatch(@"run:[^\n]*\$\{\{", text);
        }
    }
}
