using System.Text.Json;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>Everything that can tell something tells it to the workspace.</summary>
public sealed class DiagnosticsTests
{
    private const string Settings = "Microsoft.Insights/diagnosticSettings";

    // What has none, and why.
    private static readonly Dictionary<string, string> Without = new()
    {
        ["Microsoft.Authorization/roleAssignments"] = "a change of it is in the activity log",
        ["Microsoft.Insights/actionGroups"] = "Azure Monitor's own",
        ["Microsoft.Insights/components"] = "lives in the workspace; exporting it there again would be paid twice",
        ["Microsoft.Insights/diagnosticSettings"] = "itself",
        ["Microsoft.Insights/metricAlerts"] = "Azure Monitor's own",
        ["Microsoft.Insights/scheduledQueryRules"] = "Azure Monitor's own",
        ["Microsoft.Insights/workbooks"] = "Azure Monitor's own",
        ["Microsoft.KeyVault/vaults/secrets"] = "the vault's",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "its sign-ins are in Entra ID",
        ["Microsoft.Network/natGateways"] = "its metrics cannot be exported",
        ["Microsoft.Network/networkInterfaces"] = "its traffic is in the metrics of its VM",
        ["Microsoft.Network/privateDnsZones"] = "has no logs",
        ["Microsoft.Network/privateDnsZones/virtualNetworkLinks"] = "has no logs",
        ["Microsoft.Network/privateEndpoints"] = "its traffic is in the metrics of what it leads to",
        ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups"] = "has no logs",
        ["Microsoft.Network/publicIPPrefixes"] = "its addresses tell",
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = "its service tells",
        ["Microsoft.Storage/storageAccounts/managementPolicies"] = "its service tells",
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies"] = "the app's",
    };

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Everything_has_diagnostic_settings(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var settings = deployment.Of(Settings).ToDictionary(s => s.Id[..s.Id.LastIndexOf($"/providers/{Settings}", StringComparison.Ordinal)]);
        var workspace = deployment.The("Microsoft.OperationalInsights/workspaces").Id;
        Assert.All(deployment.Resources.Where(r => !Without.ContainsKey(r.Type)), resource =>
        {
            Assert.True(settings.TryGetValue(resource.Id, out var setting), $"{resource} has no diagnostic settings.");
            Assert.Equal(workspace, setting.TextAt("properties.workspaceId"));
            Assert.Contains(Enabled(setting, "logs").Concat(Enabled(setting, "metrics")), isEnabled => isEnabled);
        });
        // And none stands on what is not there.
        Assert.All(settings.Keys, on => Assert.Contains(deployment.Resources, r => r.Id == on));
    }

    [Theory, InlineData("dev", false), InlineData("prod", true)]
    public async Task Requests_to_storage_are_logged_where_it_is_asked_for(string environment, bool isLogged)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var services = deployment.Of(Settings).Where(s => s.Id.Contains("Services/default/", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, services.Count);
        Assert.All(services, s => Assert.All(Enabled(s, "logs"), isEnabled => Assert.Equal(isLogged, isEnabled)));
    }

    private static List<bool> Enabled(Resource setting, string kind) =>
        setting.At($"properties.{kind}") is { ValueKind: JsonValueKind.Array } all ? [.. all.EnumerateArray().Select(one => one.GetProperty("enabled").GetBoolean())] : [];
}
