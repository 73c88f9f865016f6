using System.Text.Json;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>Who may do what, and where secrets are.</summary>
public sealed class AccessTests
{
    private const string Roles = "Microsoft.Authorization/roleAssignments";

    // Names in the portal; https://learn.microsoft.com/azure/role-based-access-control/built-in-roles.
    private const string BlobOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string QueueContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string TableContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string SecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string SecretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
    private const string MetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Secrets_are_in_the_vault_and_nowhere_else(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        foreach (var resource in deployment.Resources.Where(r => r.Type != "Microsoft.KeyVault/vaults/secrets"))
        {
            var text = resource.Body.GetRawText();
            Assert.DoesNotContain(Bicep.ReturnPathKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Bicep.ProxyPassword, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Bicep.AdminKey, text, StringComparison.Ordinal);
            foreach (var function in new[] { "listKeys", "listAccountKeys", "listSecrets", "AccountKey=", "SharedAccessSignature" })
                Assert.DoesNotContain(function, text, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(["api-key-admin", "proxy-password", "return-path-key"], deployment.Of("Microsoft.KeyVault/vaults/secrets").Select(s => s.Name.Split('/')[1]).Order());
    }

    [Fact]
    public async Task Outputs_have_no_secret()
    {
        var (exitCode, output, errors) = await Bicep.RunAsync("build", Path.Combine(Bicep.Folder, "main.bicep"), "--stdout", "--no-restore");
        Assert.True(exitCode == 0, errors);
        using var template = JsonDocument.Parse(output);
        var secure = new HashSet<string>();
        var outputs = new List<string>();
        Collect(template.RootElement, secure, outputs);
        Assert.Equal(["adminKey", "proxyPassword", "returnPathKey"], secure.Order());
        Assert.NotEmpty(outputs);
        Assert.All(outputs, text =>
        {
            Assert.DoesNotContain("list", text.Split('(').Select(part => part.Split(' ', ',', '[')[^1]).Where(name => name.StartsWith("list", StringComparison.Ordinal)));
            Assert.All(secure, name => Assert.DoesNotContain($"parameters('{name}')", text, StringComparison.Ordinal));
        });
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Settings_that_hold_a_secret_refer_to_the_vault(string environment)
    {
        var settings = (await Bicep.ExpandAsync(environment)).AppSettings();
        string[] secret = ["Password", "PrivateKey", "__Keys__", "ReturnPathKeys", "Token", "SigningKey"];
        var held = settings.Where(s => Array.Exists(secret, word => s.Key.Contains(word, StringComparison.OrdinalIgnoreCase))).ToList();
        Assert.NotEmpty(held);
        Assert.All(held, setting => Assert.StartsWith("@Microsoft.KeyVault(SecretUri=https://", setting.Value, StringComparison.Ordinal));
        // And the app may read them with the identity that it has.
        var app = (await Bicep.ExpandAsync(environment)).The("Microsoft.Web/sites");
        Assert.True(app.At("identity.userAssignedIdentities").TryGetProperty(app.TextAt("properties.keyVaultReferenceIdentity")!, out _));
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task The_app_has_exactly_the_roles_that_it_needs_and_the_proxies_their_password(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var given = deployment.Of(Roles).Select(r => (Who: ArmExpression.Evaluate(r.TextAt("properties.principalId")!), Role: r.TextAt("properties.roleDefinitionId")!.Split('/')[^1], On: Scope(r))).ToHashSet();
        var app = Principal(deployment, "-app-identity");
        var proxies = Principal(deployment, "-proxy-identity");
        var storage = deployment.The("Microsoft.Storage/storageAccounts").Id;
        var vault = deployment.The("Microsoft.KeyVault/vaults").Id;
        Assert.Equal(
            [
                (app, BlobOwner, storage), (app, QueueContributor, storage), (app, TableContributor, storage),
                (app, SecretsUser, vault), (app, MetricsPublisher, deployment.The("Microsoft.Insights/components").Id),
                (proxies, SecretsUser, $"{vault}/secrets/proxy-password"),
            ],
            given);
    }

    [Fact]
    public async Task The_app_may_write_to_the_vault_only_when_it_makes_keys()
    {
        var deployment = await Bicep.ExpandAsync("extreme");
        var vault = deployment.The("Microsoft.KeyVault/vaults").Id;
        var onVault = Assert.Single(deployment.Of(Roles), r => Scope(r) == vault);
        Assert.EndsWith(SecretsOfficer, onVault.TextAt("properties.roleDefinitionId")!, StringComparison.Ordinal);
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Role_assignments_stand_on_one_resource_and_have_names_that_a_second_deployment_finds_again(string environment)
    {
        var assignments = (await Bicep.ExpandAsync(environment)).Of(Roles).ToList();
        Assert.All(assignments, assignment =>
        {
            // Deeper than subscription and resource group.
            Assert.Equal(["subscriptions", "resourceGroups", "providers"], Scope(assignment).Split('/').Where((_, i) => i is 1 or 3 or 5));
            Assert.Equal("ServicePrincipal", assignment.TextAt("properties.principalType"));
            // guid() of where, who and what: newGuid(), or a name without one of them, would make a second one or clash.
            var name = assignment.TextAt("name")!;
            Assert.StartsWith("[guid(", name, StringComparison.Ordinal);
            Assert.Contains(Scope(assignment), name, StringComparison.Ordinal);
            Assert.Contains(".principalId", name, StringComparison.Ordinal);
            Assert.Contains(assignment.TextAt("properties.roleDefinitionId")!.Split('/')[^1], name, StringComparison.Ordinal);
        });
        Assert.Equal(assignments.Count, assignments.Select(a => a.Name).Distinct().Count());
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Nobody_signs_in_with_keys_or_passwords(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var storage = deployment.The("Microsoft.Storage/storageAccounts");
        Assert.False(storage.At("properties.allowSharedKeyAccess").GetBoolean());
        Assert.False(storage.At("properties.allowBlobPublicAccess").GetBoolean());
        Assert.Equal("TLS1_2", storage.TextAt("properties.minimumTlsVersion"));
        Assert.True(storage.At("properties.supportsHttpsTrafficOnly").GetBoolean());
        var vault = deployment.The("Microsoft.KeyVault/vaults");
        Assert.True(vault.At("properties.enableRbacAuthorization").GetBoolean());
        Assert.True(vault.At("properties.enablePurgeProtection").GetBoolean());
        Assert.True(deployment.The("Microsoft.Insights/components").At("properties.DisableLocalAuth").GetBoolean());
        Assert.True(deployment.The("Microsoft.Web/sites").At("properties.httpsOnly").GetBoolean());
        var doors = deployment.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").ToList();
        Assert.Equal(["ftp", "scm"], doors.Select(d => d.Name.Split('/')[1]).Order());
        Assert.All(doors, door => Assert.False(door.At("properties.allow").GetBoolean()));
        Assert.All(deployment.Of("Microsoft.Compute/virtualMachines"), vm => Assert.True(vm.At("properties.osProfile.linuxConfiguration.disablePasswordAuthentication").GetBoolean()));
    }

    private static string Scope(Resource assignment) => assignment.Id[..assignment.Id.LastIndexOf($"/providers/{Roles}", StringComparison.Ordinal)];

    private static string Principal(Deployment deployment, string nameEnd) => ArmExpression.Evaluate(
        $"[reference('{Assert.Single(deployment.Of("Microsoft.ManagedIdentity/userAssignedIdentities"), i => i.Name.EndsWith(nameEnd, StringComparison.Ordinal)).Id}', '').principalId]");

    // Of the template and of all templates in it.
    private static void Collect(JsonElement element, HashSet<string> secure, List<string> outputs)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Collect(item, secure, outputs);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("type", out var type)
                    && type.ValueKind == JsonValueKind.String && type.GetString() is "securestring" or "secureObject" && !property.Value.TryGetProperty("value", out _))
                    secure.Add(property.Name);
                if (property.Name == "outputs" && property.Value.ValueKind == JsonValueKind.Object)
                    outputs.AddRange(property.Value.EnumerateObject().Select(o => o.Value.GetRawText()));
                else
                    Collect(property.Value, secure, outputs);
            }
        }
    }
}
