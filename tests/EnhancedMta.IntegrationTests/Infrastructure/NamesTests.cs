using System.Text.Json;
using System.Text.RegularExpressions;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>Azure's rules for names, which show only in the middle of a deployment.</summary>
public sealed partial class NamesTests
{
    // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
    private static readonly Dictionary<string, string> Rules = new()
    {
        ["Microsoft.Compute/virtualMachines"] = "^[A-Za-z0-9][A-Za-z0-9-]{0,62}[A-Za-z0-9]$",
        ["Microsoft.Insights/actionGroups"] = "^[^:<>+/&%\\\\?|]{1,260}$",
        ["Microsoft.Insights/components"] = "^[A-Za-z0-9().-]{1,260}$",
        ["Microsoft.Insights/metricAlerts"] = "^[^*#&+:<>?@%{}\\\\/|]{1,260}$",
        ["Microsoft.Insights/scheduledQueryRules"] = "^[^*<>%{}&:\\\\?/#|]{1,260}$",
        ["Microsoft.Insights/workbooks"] = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        ["Microsoft.KeyVault/vaults"] = "^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$",
        ["Microsoft.KeyVault/vaults/secrets"] = "^[A-Za-z0-9-]{1,127}$",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$",
        ["Microsoft.Network/natGateways"] = Network(80),
        ["Microsoft.Network/networkInterfaces"] = Network(80),
        ["Microsoft.Network/networkSecurityGroups"] = Network(80),
        ["Microsoft.Network/privateDnsZones"] = "^[a-z0-9-]+(\\.[a-z0-9-]+)+$",
        ["Microsoft.Network/privateDnsZones/virtualNetworkLinks"] = Network(80),
        ["Microsoft.Network/privateEndpoints"] = Network(64),
        ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups"] = Network(80),
        ["Microsoft.Network/publicIPAddresses"] = Network(80),
        ["Microsoft.Network/publicIPPrefixes"] = Network(80),
        ["Microsoft.Network/virtualNetworks"] = Network(64),
        ["Microsoft.OperationalInsights/workspaces"] = "^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$",
        ["Microsoft.Storage/storageAccounts"] = "^[a-z0-9]{3,24}$",
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = "^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$",
        ["Microsoft.Web/serverfarms"] = "^[A-Za-z0-9-]{1,60}$",
        // 32 at most count in the host's id: a second app with the same first 32 on the same storage would be taken for this one.
        ["Microsoft.Web/sites"] = "^[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]$",
    };

    // Always called default, workspace, ftp and scm, or a guid.
    private static readonly HashSet<string> Fixed =
    [
        "Microsoft.Authorization/roleAssignments", "Microsoft.Insights/diagnosticSettings", "Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts/managementPolicies",
        "Microsoft.Storage/storageAccounts/queueServices", "Microsoft.Storage/storageAccounts/tableServices", "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
    ];

    [Fact]
    public async Task Names_hold_Azures_rules_for_the_longest_name_and_the_largest_public_id()
    {
        var deployment = await Bicep.ExpandAsync("extreme");
        Assert.All(deployment.Resources.Where(r => !Fixed.Contains(r.Type)), resource =>
        {
            Assert.True(Rules.TryGetValue(resource.Type, out var rule), $"Which names may {resource.Type} have?");
            Assert.Matches(rule, resource.Name.Split('/')[^1]);
        });
        Assert.All(deployment.Of("Microsoft.Compute/virtualMachines"), vm => Assert.InRange(vm.TextAt("properties.osProfile.computerName")!.Length, 1, 64));
        Assert.All(deployment.Of("Microsoft.Network/publicIPAddresses").Select(a => a.TextAt("properties.dnsSettings.domainNameLabel")).OfType<string>(),
            label => Assert.Matches("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", label));
        Assert.InRange(deployment.The("Microsoft.Insights/actionGroups").TextAt("properties.groupShortName")!.Length, 1, 12);
    }

    [Fact]
    public async Task No_longer_name_is_taken()
    {
        var (exitCode, output, errors) = await Bicep.RunAsync("build", Path.Combine(Bicep.Folder, "main.bicep"), "--stdout", "--no-restore");
        Assert.True(exitCode == 0, errors);
        using var template = JsonDocument.Parse(output);
        Assert.Equal(Bicep.LongestName.Length, template.RootElement.GetProperty("parameters").GetProperty("name").GetProperty("maxLength").GetInt32());
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task No_two_resources_are_one(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        Assert.Equal(deployment.Resources.Count, deployment.Resources.Select(r => r.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public async Task Two_installations_in_a_subscription_do_not_meet()
    {
        // Names that are unique in the whole of Azure come from the group's id and the name.
        var one = await Bicep.ExpandAsync("prod");
        var other = await Bicep.ExpandAsync("extreme");
        foreach (var type in new[] { "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Web/sites" })
        {
            Assert.NotEqual(one.The(type).Name, other.The(type).Name);
            Assert.Matches(Unique(), one.The(type).Name);
        }
    }

    private static string Network(int longest) => $"^[A-Za-z0-9][A-Za-z0-9_.-]{{0,{longest - 2}}}[A-Za-z0-9_]$";

    [GeneratedRegex("[a-z0-9]{13}$")]
    private static partial Regex Unique();
}
