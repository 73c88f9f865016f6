using System.Net;
using System.Text.Json;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>What reaches what.</summary>
public sealed class NetworkTests
{
    [Fact]
    public async Task In_production_data_and_keys_are_reached_from_inside_only()
    {
        var deployment = await Bicep.ExpandAsync("prod");
        foreach (var type in new[] { "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults" })
        {
            Assert.Equal("Disabled", deployment.The(type).TextAt("properties.publicNetworkAccess"));
            Assert.Equal("Deny", deployment.The(type).TextAt("properties.networkAcls.defaultAction"));
        }
        // What the pipeline speaks to, each with the record that leads there.
        var endpoints = deployment.Of("Microsoft.Network/privateEndpoints").ToList();
        Assert.Equal(["blob", "queue", "table", "vault"], endpoints.SelectMany(Groups).Order());
        Assert.All(endpoints, e => Assert.EndsWith("/subnets/endpoints", e.TextAt("properties.subnet.id")!, StringComparison.Ordinal));
        Assert.Equal(endpoints.Count, deployment.Of("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count());
        string[] zones = ["privatelink.blob.core.windows.net", "privatelink.queue.core.windows.net", "privatelink.table.core.windows.net", "privatelink.vaultcore.azure.net"];
        Assert.Equal(zones, deployment.Of("Microsoft.Network/privateDnsZones").Select(z => z.Name).Order());
        Assert.Equal(zones, deployment.Of("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Select(l => l.Name.Split('/')[0]).Order());
    }

    [Fact]
    public async Task In_production_the_api_is_for_those_who_are_named()
    {
        var app = (await Bicep.ExpandAsync("prod")).The("Microsoft.Web/sites");
        Assert.Equal("Deny", app.TextAt("properties.siteConfig.ipSecurityRestrictionsDefaultAction"));
        Assert.NotEmpty(app.At("properties.siteConfig.ipSecurityRestrictions").EnumerateArray());
    }

    [Fact]
    public async Task The_api_can_be_private_as_well()
    {
        var deployment = await Bicep.ExpandAsync("extreme");
        Assert.Equal("Disabled", deployment.The("Microsoft.Web/sites").TextAt("properties.publicNetworkAccess"));
        Assert.Contains("sites", deployment.Of("Microsoft.Network/privateEndpoints").SelectMany(Groups));
        Assert.Contains("privatelink.azurewebsites.net", deployment.Of("Microsoft.Network/privateDnsZones").Select(z => z.Name));
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Proxies_are_reached_from_the_functions_only_and_reach_mail_only(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var subnets = Subnets(deployment);
        var rules = Rules(deployment, "-proxies-nsg");
        var inside = rules.Where(r => r.GetProperty("direction").GetString() == "Inbound" && r.GetProperty("access").GetString() == "Allow").ToList();
        var only = Assert.Single(inside);
        Assert.Equal(subnets["functions"].ToString(), only.GetProperty("sourceAddressPrefix").GetString());
        Assert.Equal("1080", only.GetProperty("destinationPortRange").GetString());
        // Everything else is refused by rules of our own: Azure's last words would let the whole network in, and all out.
        Assert.Equal(["Inbound", "Outbound"], rules.Where(IsLastWord).Select(r => r.GetProperty("direction").GetString()).Order());
        Assert.Contains(rules, r => r.GetProperty("direction").GetString() == "Outbound" && r.GetProperty("access").GetString() == "Allow"
            && r.TryGetProperty("destinationPortRange", out var port) && port.GetString() == "25" && r.GetProperty("destinationAddressPrefix").GetString() == "Internet");
        Assert.All(deployment.Of("Microsoft.Network/networkInterfaces"), card =>
            Assert.EndsWith("/subnets/proxies", card.At("properties.ipConfigurations")[0].GetProperty("properties").GetProperty("subnet").GetProperty("id").GetString()!, StringComparison.Ordinal));
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Nothing_is_let_in_from_the_internet_and_no_mail_leaves_past_the_proxies(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        foreach (var rule in deployment.Of("Microsoft.Network/networkSecurityGroups").SelectMany(g => g.At("properties.securityRules").EnumerateArray()).Select(r => r.GetProperty("properties")))
        {
            if (rule.GetProperty("direction").GetString() == "Inbound" && rule.GetProperty("access").GetString() == "Allow")
                Assert.DoesNotContain(Sources(rule), source => source is "*" or "Internet" or "0.0.0.0/0");
        }
        Assert.Contains(Rules(deployment, "-functions-nsg"), r => r.GetProperty("direction").GetString() == "Outbound" && r.GetProperty("access").GetString() == "Deny"
            && r.GetProperty("destinationPortRange").GetString() == "25");
    }

    [Theory, InlineData("dev", 1), InlineData("prod", 2)]
    public async Task Each_proxy_has_an_ip_of_the_prefix_and_an_address_that_the_settings_name(string environment, int count)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var subnet = Subnets(deployment)["proxies"];
        var prefix = deployment.The("Microsoft.Network/publicIPPrefixes");
        var addresses = deployment.Of("Microsoft.Network/publicIPAddresses").Where(a => a.Name.Contains("-egress-", StringComparison.Ordinal)).ToList();
        Assert.Equal(count, addresses.Count);
        Assert.All(addresses, a => Assert.Equal((prefix.Id, "Standard", "Static"), (a.TextAt("properties.publicIPPrefix.id"), a.TextAt("sku.name"), a.TextAt("properties.publicIPAllocationMethod"))));
        var cards = deployment.Of("Microsoft.Network/networkInterfaces").Select(c => c.At("properties.ipConfigurations")[0].GetProperty("properties")).ToList();
        var inside = cards.Select(c => IPAddress.Parse(c.GetProperty("privateIPAddress").GetString()!)).ToList();
        Assert.All(inside, ip => Assert.True(subnet.Contains(ip), $"{ip} is not in {subnet}."));
        // Azure keeps the first four addresses of a subnet.
        Assert.All(inside, ip => Assert.True(ip.GetAddressBytes()[3] - subnet.BaseAddress.GetAddressBytes()[3] >= 4));
        Assert.Equal(addresses.Select(a => a.Id).Order(), cards.Select(c => c.GetProperty("publicIPAddress").GetProperty("id").GetString()).Order());
        var settings = deployment.AppSettings();
        for (var i = 0; i < count; i++)
        {
            Assert.Equal($"{inside[i]}:1080", settings[$"EnhancedMta__Egresses__{i}__Proxy"]);
            Assert.Equal(ArmExpression.Evaluate($"[reference('{addresses[i].Id}', '').ipAddress]"), settings[$"EnhancedMta__Egresses__{i}__Address"]);
        }
    }

    [Fact]
    public async Task Reverse_names_are_set_once_their_address_records_are_there()
    {
        static IEnumerable<string?> Names(Deployment d) => d.Of("Microsoft.Network/publicIPAddresses").Where(a => a.Name.Contains("-egress-", StringComparison.Ordinal)).Select(a => a.TextAt("properties.dnsSettings.reverseFqdn"));
        Assert.Equal([null, null], Names(await Bicep.ExpandAsync("prod")));
        Assert.Equal(["mta11.example.com.", "mta12.example.com."], Names(await Bicep.ExpandAsync("extreme")));
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task The_functions_have_a_delegated_subnet_and_a_way_out(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var network = deployment.The("Microsoft.Network/virtualNetworks");
        var subnet = Assert.Single(network.At("properties.subnets").EnumerateArray(), s => s.GetProperty("name").GetString() == "functions").GetProperty("properties");
        Assert.Equal("Microsoft.App/environments", subnet.GetProperty("delegations")[0].GetProperty("properties").GetProperty("serviceName").GetString());
        Assert.Equal(deployment.The("Microsoft.Network/natGateways").Id, subnet.GetProperty("natGateway").GetProperty("id").GetString());
        Assert.Equal($"{network.Id}/subnets/functions", deployment.The("Microsoft.Web/sites").TextAt("properties.virtualNetworkSubnetId"));
        var whole = IPNetwork.Parse(network.At("properties.addressSpace.addressPrefixes")[0].GetString()!);
        var all = Subnets(deployment).Values.ToList();
        Assert.All(all, s => Assert.True(whole.Contains(s.BaseAddress)));
        Assert.All(all, one => Assert.DoesNotContain(all, other => one != other && one.Contains(other.BaseAddress)));
        Assert.All(network.At("properties.subnets").EnumerateArray(), s => Assert.True(s.GetProperty("properties").TryGetProperty("networkSecurityGroup", out _)));
    }

    private static IEnumerable<string> Groups(Resource endpoint) =>
        endpoint.At("properties.privateLinkServiceConnections")[0].GetProperty("properties").GetProperty("groupIds").EnumerateArray().Select(g => g.GetString()!);

    private static List<JsonElement> Rules(Deployment deployment, string nameEnd) =>
        [.. Assert.Single(deployment.Of("Microsoft.Network/networkSecurityGroups"), g => g.Name.EndsWith(nameEnd, StringComparison.Ordinal)).At("properties.securityRules").EnumerateArray().Select(r => r.GetProperty("properties"))];

    private static bool IsLastWord(JsonElement rule) => rule.GetProperty("access").GetString() == "Deny" && rule.GetProperty("protocol").GetString() == "*"
        && rule.GetProperty("sourceAddressPrefix").GetString() == "*" && rule.GetProperty("destinationAddressPrefix").GetString() == "*" && rule.GetProperty("destinationPortRange").GetString() == "*";

    private static IEnumerable<string> Sources(JsonElement rule) =>
        rule.TryGetProperty("sourceAddressPrefixes", out var several) ? several.EnumerateArray().Select(s => s.GetString()!) : [rule.GetProperty("sourceAddressPrefix").GetString()!];

    private static Dictionary<string, IPNetwork> Subnets(Deployment deployment) => deployment.The("Microsoft.Network/virtualNetworks").At("properties.subnets").EnumerateArray()
        .ToDictionary(s => s.GetProperty("name").GetString()!, s => IPNetwork.Parse(s.GetProperty("properties").GetProperty("addressPrefix").GetString()!));
}
