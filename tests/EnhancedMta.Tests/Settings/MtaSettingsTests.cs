using EnhancedMta.Settings;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Tests.Settings;

public sealed class MtaSettingsTests
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["EnhancedMta:ReturnPathDomain"] = "bounces.example",
        ["EnhancedMta:ReturnPathKeys:0"] = Convert.ToBase64String(new byte[32]),
    };

    [Fact]
    public void The_least_that_is_needed_is_enough()
    {
        var settings = Read(Good);
        Assert.Equal((1, "bounces.example", 56), (settings.Egresses[0].PublicId, settings.ReturnPathDomain, settings.Batches.InFlight));
        Assert.Empty(settings.Dkim.Keys);
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", "", "AzureWebJobsStorage")]
    [InlineData("EnhancedMta:ReturnPathDomain", "", "EnhancedMta__ReturnPathDomain")]
    [InlineData("EnhancedMta:ReturnPathKeys:0", "short", "EnhancedMta__ReturnPathKeys__0")]
    [InlineData("EnhancedMta:PublicId", "first", "EnhancedMta__PublicId")]
    [InlineData("EnhancedMta:BindAddress", "here", "EnhancedMta__BindAddress")]
    [InlineData("EnhancedMta:AllowPrivateMx", "perhaps", "EnhancedMta__AllowPrivateMx")]
    [InlineData("EnhancedMta:NameServers:0", "dns", "EnhancedMta__NameServers__0")]
    [InlineData("EnhancedMta:TrustedResolver", "true", "EnhancedMta__TrustedResolver: needs EnhancedMta__NameServers__0")]
    [InlineData("EnhancedMta:TlsReports:From", "nobody", "EnhancedMta__TlsReports__From")]
    [InlineData("EnhancedMta:Routes:example.org", "host:port", "EnhancedMta__Routes")]
    [InlineData("EnhancedMta:Batches:InFlight", "97", "EnhancedMta__Batches__InFlight")]
    [InlineData("EnhancedMta:Batches:ClaimLifetime", "soon", "EnhancedMta__Batches__ClaimLifetime")]
    [InlineData("EnhancedMta:Admission:MarketingWait", "long", "EnhancedMta__Admission__MarketingWait")]
    [InlineData("EnhancedMta:Admission:MemoryPercent", "100", "EnhancedMta__Admission__MemoryPercent: '100' must be a whole number from 10 to 95")]
    [InlineData("EnhancedMta:BccAddress", "the archive", "EnhancedMta__BccAddress")]
    [InlineData("EnhancedMta:Retention:LogDays", "7", "EnhancedMta__Retention__LogDays: '7' must be a whole number from 8")]
    [InlineData("EnhancedMta:Retention:ContentDays", "one", "EnhancedMta__Retention__ContentDays")]
    [InlineData("EnhancedMta:Keys:Read:0", "short", "EnhancedMta__Keys__Read__0: must have")]
    [InlineData("EnhancedMta:RequestsPerSecond:Read", "-1", "EnhancedMta__RequestsPerSecond__Read")]
    [InlineData("EnhancedMta:Keys:Read:0", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/read)", "EnhancedMta__Keys__Read__0: is a Key Vault reference")]
    [InlineData("EnhancedMta:ReturnPathKeys:0", "@Microsoft.KeyVault(VaultName=v;SecretName=s)", "EnhancedMta__ReturnPathKeys__0: is a Key Vault reference")]
    [InlineData("EnhancedMta:Webhooks:Postmark:Password", "@Microsoft.KeyVault(VaultName=v;SecretName=s)", "EnhancedMta__Webhooks__Postmark__Password: is a Key Vault reference")]
    [InlineData("EnhancedMta:Dkim:0:Domain", "example.org", "EnhancedMta__Dkim__0__Selector")]
    public void A_fault_is_named_as_the_setting_is_written(string name, string value, string named)
    {
        var faults = Assert.Throws<SettingsException>(() => Read(new(Good) { [name] = value })).Faults;
        Assert.Contains(faults, f => f.StartsWith(named, StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Assert.Throws<SettingsException>(() => Read([])).Faults;
        Assert.Equal(5, faults.Count);
    }

    [Fact]
    public void Each_fault_is_told_once()
    {
        var faults = Assert.Throws<SettingsException>(() => Read(new(Good)
        {
            ["EnhancedMta:ReturnPathKeys:0"] = "@Microsoft.KeyVault(VaultName=v;SecretName=s)",
            ["EnhancedMta:Keys:Read:0"] = "@Microsoft.KeyVault(VaultName=v;SecretName=s)",
        })).Faults;
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public void An_identity_needs_only_the_accounts_name()
    {
        var settings = Read(new(Good) { ["AzureWebJobsStorage"] = null, ["AzureWebJobsStorage:accountName"] = "mta" });
        Assert.Equal(new Uri("https://mta.table.core.windows.net"), settings.Storage.TableServiceUri);
    }

    private static MtaSettings Read(Dictionary<string, string?> values) => MtaSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
}
