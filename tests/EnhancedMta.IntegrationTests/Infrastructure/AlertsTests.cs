using System.Text.Json;
using System.Text.RegularExpressions;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>What somebody is told of, and the workbook.</summary>
public sealed partial class AlertsTests
{
    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Each_fault_that_somebody_must_know_of_is_told_to_people(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var people = deployment.The("Microsoft.Insights/actionGroups");
        Assert.NotEmpty(people.At("properties.emailReceivers").EnumerateArray());
        var rules = deployment.Of("Microsoft.Insights/scheduledQueryRules").ToDictionary(r => r.Name[(r.Name.IndexOf('-', StringComparison.Ordinal) + 1)..]);
        // The issue's list: poison, Success %, path suspended, queue age, nothing delivered while queued, egress down, DKIM key missing.
        Assert.Superset(new HashSet<string> { "poison", "success", "suspended", "age-transactional", "age-others", "standstill", "egress", "dkim", "refused" }, rules.Keys.ToHashSet());
        Assert.All(rules.Values, rule =>
        {
            Assert.True(rule.At("properties.enabled").GetBoolean());
            Assert.Equal(people.Id, Assert.Single(rule.At("properties.actions.actionGroups").EnumerateArray()).GetString());
            Assert.Equal(deployment.The("Microsoft.Insights/components").Id, Assert.Single(rule.At("properties.scopes").EnumerateArray()).GetString());
            // One that looks at less time than lies between two looks would miss what happens in between.
            Assert.True(Duration(rule, "windowSize") >= Duration(rule, "evaluationFrequency"));
        });
        var machines = deployment.The("Microsoft.Insights/metricAlerts");
        Assert.Equal(deployment.Of("Microsoft.Compute/virtualMachines").Select(vm => vm.Id).Order(), machines.At("properties.scopes").EnumerateArray().Select(s => s.GetString()).Order());
        Assert.Equal(people.Id, Assert.Single(machines.At("properties.actions").EnumerateArray()).GetProperty("actionGroupId").GetString());
    }

    [Fact]
    public async Task Alerts_and_workbook_ask_for_metrics_that_the_code_has()
    {
        var source = string.Concat(Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Find(), "functions"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        if (!source.Contains("\"enhancedmta.queue.oldest_age\"", StringComparison.Ordinal))
            Assert.Skip("The operators' metrics are not in this tree yet.");
        var deployment = await Bicep.ExpandAsync("prod");
        var queries = deployment.Of("Microsoft.Insights/scheduledQueryRules").SelectMany(r => r.At("properties.criteria.allOf").EnumerateArray()).Select(c => c.GetProperty("query").GetString()!)
            .Append(deployment.The("Microsoft.Insights/workbooks").TextAt("properties.serializedData")!);
        var asked = queries.SelectMany(query => Metric().Matches(query)).Select(match => match.Value).Distinct().ToList();
        Assert.True(asked.Count > 10);
        Assert.All(asked, name => Assert.Contains($"\"{name}\"", source, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_workbook_is_one()
    {
        var workbook = (await Bicep.ExpandAsync("prod")).The("Microsoft.Insights/workbooks");
        using var content = JsonDocument.Parse(workbook.TextAt("properties.serializedData")!);
        Assert.Equal("Notebook/1.0", content.RootElement.GetProperty("version").GetString());
        var items = content.RootElement.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(items.Count, items.Select(i => i.GetProperty("name").GetString()).Distinct().Count());
        var queries = items.Where(i => i.GetProperty("type").GetInt32() == 3).Select(i => i.GetProperty("content")).ToList();
        Assert.All(queries, q => Assert.Equal("Time", q.GetProperty("timeContextFromParameter").GetString()));
        // The two throughputs of the mission, named so that nobody takes one for the other.
        var titles = queries.Select(q => q.GetProperty("title").GetString()).ToList();
        Assert.Contains("Campaign → Enhanced MTA", titles);
        Assert.Contains("Enhanced MTA → recipients", titles);
    }

    private static TimeSpan Duration(Resource rule, string name) => System.Xml.XmlConvert.ToTimeSpan(rule.TextAt($"properties.{name}")!);

    [GeneratedRegex(@"enhancedmta\.[a-z_.]+[a-z]")]
    private static partial Regex Metric();
}
