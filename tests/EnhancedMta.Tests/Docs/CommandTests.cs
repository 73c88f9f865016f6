using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.LocalHost.Commands.Demo;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Tests.Docs;

/// <summary>The README's and the docs' commands name projects, scripts and options that exist. That its curl lines are understood: ReadmeTests.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class CommandTests
{
    private static readonly Markdown Readme = new("README.md");

    [Fact]
    public void Each_project_that_is_to_be_run_exists()
    {
        var projects = Markdown.All.SelectMany(page => page.Code).SelectMany(code => Project().Matches(code)).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains("functions/EnhancedMta.LocalHost", projects);
        Assert.All(projects, project => Assert.Single(Directory.GetFiles(Path.Combine(Markdown.Root, project), "*.csproj")));
    }

    [Fact]
    public void The_README_has_the_test_command_that_CI_runs() => Assert.Contains("dotnet test", Readme.Code);

    [Fact]
    public void The_demo_has_the_options_that_the_README_tells() =>
        Assert.True(DemoOptions.TryParse(["--messages", "2000", "--exit", "--json"], out _, out var error), error);

    [Fact]
    public void The_relay_benchmark_takes_each_command_of_the_docs()
    {
        var commands = Markdown.All.SelectMany(page => page.Code).SelectMany(code => RelayBenchmark().Matches(code)).Select(match => match.Groups[1].Value.Trim()).ToList();
        Assert.NotEmpty(commands);
        Assert.All(commands, command => RelayOptions.Parse(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void The_deployment_takes_the_options_that_the_README_tells()
    {
        var command = Assert.Single(Readme.Code.SelectMany(code => code.Split('\n')), line => line.StartsWith("infra/deploy.sh", StringComparison.Ordinal));
        var script = File.ReadAllText(Path.Combine(Markdown.Root, "infra", "deploy.sh"));
        var options = Option().Matches(command).Select(match => match.Value).ToList();
        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Contains(option, script, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(Markdown.Root, command.Split("--parameters ")[1].Split(' ')[0])));
    }

    // Whoever tries it with the demo is not to wait for a key, a DNS server or a retry.
    [Fact]
    public void The_README_relays_from_the_domain_that_the_demo_signs_for_to_domains_of_its_sink()
    {
        var curls = string.Join('\n', Readme.Code.Where(code => code.StartsWith("curl", StringComparison.Ordinal)));
        Assert.All(Address().Matches(curls).Select(match => match.Groups[1].Value), domain =>
            Assert.Contains(domain, SinkProviders.All.Where(provider => provider.Rules.Count == 0 && provider.Throttle is null).SelectMany(provider => provider.Domains).Append(Mailing.SenderDomain)));
        Assert.Contains(Mailing.SenderDomain, curls, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"dotnet run [^\n]*--project (\S+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"EnhancedMta\.Benchmarks -- relay\b([^\n]*)")]
    private static partial Regex RelayBenchmark();

    [GeneratedRegex(@"--[a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"[a-z]+@([a-z.-]+[a-z])")]
    private static partial Regex Address();
}
