using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>What cloud-init is told on a proxy's VM, as the template renders it.</summary>
internal sealed class EgressVm
{
    private EgressVm(string text)
    {
        Text = text;
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        Root = (YamlMappingNode)Assert.Single(yaml.Documents).RootNode;
        Files = List("write_files").Cast<YamlMappingNode>().ToDictionary(file => Of(file, "path"), file =>
            Of(file, "encoding") == "b64" ? Encoding.UTF8.GetString(Convert.FromBase64String(Of(file, "content"))) : Of(file, "content"));
    }

    public string Text { get; }

    public YamlMappingNode Root { get; }

    /// <summary>By path, decoded.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    /// <param name="clients">Subnet of the functions.</param>
    /// <param name="entryUrl">Where the password is.</param>
    /// <returns>Those of two VMs.</returns>
    public static async Task<IReadOnlyList<EgressVm>> RenderAsync(string clients, string entryUrl)
    {
        var deployment = await Bicep.ExpandTextAsync("modules/egress.bicep", string.Create(CultureInfo.InvariantCulture, $$"""
            param name = 'mta'
            param location = 'westeurope'
            param proxies = [{ publicId: 11, heloHost: 'mta11.example.com' }, { publicId: 12, heloHost: 'mta12.example.com' }]
            param prefixLength = 31
            param reverseDns = false
            param subnetId = 'subnet'
            param clients = '{{clients}}'
            param network = '10.40.0.0/22'
            param proxiesPrefix = '10.40.1.64/26'
            param identityId = 'identity'
            param clientId = '33333333-3333-3333-3333-333333333333'
            param entryUrl = '{{entryUrl}}'
            param vaultResource = 'https://vault.azure.net'
            param vmSize = 'Standard_B2ats_v2'
            param adminName = 'mtaadmin'
            param sshPublicKey = ''
            param workspaceId = 'workspace'
            """));
        return [.. deployment.Of("Microsoft.Compute/virtualMachines").Select(vm => new EgressVm(Encoding.UTF8.GetString(Convert.FromBase64String(vm.TextAt("properties.osProfile.customData")!))))];
    }

    public IEnumerable<YamlNode> List(string key) => ((YamlSequenceNode)Root.Children[key]).Children;

    public static string Of(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value ?? "" : "";
}
