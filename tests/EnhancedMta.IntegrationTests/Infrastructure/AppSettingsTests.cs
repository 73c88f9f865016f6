using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using EnhancedMta.Functions;
using EnhancedMta.Settings;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>The settings that Bicep gives, against what the code asks for. No list of names is kept here.</summary>
public sealed partial class AppSettingsTests
{
    private static readonly IReadOnlyList<Attribute> Triggers =
    [
        .. typeof(FunctionServices).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .SelectMany(method => method.GetParameters()).SelectMany(parameter => parameter.GetCustomAttributes()).Where(a => a.GetType().Name.EndsWith("TriggerAttribute", StringComparison.Ordinal)),
    ];

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task The_app_starts_with_them(string environment)
    {
        var settings = await SettingsAsync(environment);
        var services = new ServiceCollection();
        // Everything that is read at start is read and checked here; a fault would be thrown.
        FunctionServices.AddEnhancedMta(services, Recorded(settings).Configuration);
        var mta = services.Select(s => s.ImplementationInstance).OfType<MtaSettings>().Single();

        Assert.Null(mta.Storage.ConnectionString);
        Assert.EndsWith(".queue.core.windows.net/", mta.Storage.QueueServiceUri!.ToString(), StringComparison.Ordinal);
        Assert.NotNull(mta.Dkim.Vault);
        Assert.NotEmpty(mta.Egresses);
        Assert.All(mta.Egresses, egress => Assert.NotEqual(EnhancedMta.Egresses.EgressKind.Direct.Instance, egress.Kind));
        Assert.Equal(environment == "prod", mta.Native.Egress is not null);
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Each_of_them_is_read(string environment)
    {
        // Something may look at every setting there is: what is really read is looked at more often than one that nobody knows.
        const string Unknown = "EnhancedMta:NobodyKnowsThis";
        var settings = await SettingsAsync(environment);
        settings[Unknown] = "x";
        var (configuration, reads) = Recorded(settings);
        FunctionServices.AddEnhancedMta(new ServiceCollection(), configuration);
        var unread = settings.Keys.Where(name => name.StartsWith("EnhancedMta:", StringComparison.Ordinal) && name != Unknown
            && reads.GetValueOrDefault(name) <= reads.GetValueOrDefault(Unknown)).ToList();
        // Keys by role come with the branch that reads them.
        if (typeof(MtaSettings).GetProperty("HttpKeys") is null)
            unread.RemoveAll(name => name.StartsWith("EnhancedMta:Keys:", StringComparison.Ordinal));
        Assert.Empty(unread);
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task What_the_code_cannot_do_without_is_there(string environment)
    {
        var settings = await SettingsAsync(environment);
        var without = Assert.Throws<SettingsException>(() => MtaSettings.Read(new ConfigurationBuilder().Build()));
        var required = without.Faults.Select(fault => SettingName().Match(fault.Replace("AzureWebJobsStorage: neither a connection string nor ", "", StringComparison.Ordinal)).Value.Replace("__", ":", StringComparison.Ordinal)).ToList();
        Assert.True(required.Count >= 3, string.Join(", ", required));
        Assert.All(required, name => Assert.True(settings.ContainsKey(name), $"{name} is not in the templates."));
        // Taking one away stops the start.
        foreach (var name in required)
            Assert.Throws<SettingsException>(() => MtaSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Where(s => s.Key != name)!).Build()));
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Each_setting_and_connection_that_a_trigger_names_is_there(string environment)
    {
        var settings = (await Bicep.ExpandAsync(environment)).AppSettings();
        Assert.True(Triggers.Count > 20);
        var named = Triggers.SelectMany(t => t.GetType().GetProperties().Where(p => p.PropertyType == typeof(string)).Select(p => (string?)p.GetValue(t)))
            .OfType<string>().SelectMany(text => Placeholder().Matches(text)).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, settings.Keys));
        Assert.All(named.Where(name => name.EndsWith("Schedule", StringComparison.Ordinal)), name => Assert.NotNull(NCrontab.CrontabSchedule.Parse(settings[name], new() { IncludingSeconds = true })));

        // Queues by identity: the storage extension wants the service's address and who signs in. Timers and the host keep leases in blobs.
        var connections = Triggers.OfType<QueueTriggerAttribute>().Select(q => q.Connection ?? "AzureWebJobsStorage").Append("AzureWebJobsStorage").Distinct();
        Assert.All(connections, connection =>
        {
            Assert.False(settings.ContainsKey(connection), $"{connection} would be a connection string, which has a key.");
            foreach (var service in new[] { "queue", "blob", "table" })
                Assert.Matches($@"^https://[a-z0-9]+\.{service}\.", settings[$"{connection}__{service}ServiceUri"]);
            Assert.Equal("managedidentity", settings[$"{connection}__credential"]);
            Assert.Equal(settings["AZURE_CLIENT_ID"], settings[$"{connection}__clientId"]);
        });
    }

    [Theory, InlineData("dev"), InlineData("prod")]
    public async Task Flex_Consumption_is_told_what_runs_where_it_wants_to_be_told(string environment)
    {
        var deployment = await Bicep.ExpandAsync(environment);
        var app = deployment.The("Microsoft.Web/sites");
        Assert.Equal("FlexConsumption", deployment.The("Microsoft.Web/serverfarms").TextAt("sku.tier"));
        Assert.Equal("functionapp,linux", app.TextAt("kind"));
        Assert.Equal("dotnet-isolated", app.TextAt("properties.functionAppConfig.runtime.name"));
        var framework = typeof(FunctionServices).Assembly.GetCustomAttribute<System.Runtime.Versioning.TargetFrameworkAttribute>()!.FrameworkName;
        Assert.Equal(framework[(framework.IndexOf("=v", StringComparison.Ordinal) + 2)..], app.TextAt("properties.functionAppConfig.runtime.version"));
        Assert.Equal(deployment.The("Microsoft.Storage/storageAccounts/blobServices/containers").Name.Split('/')[^1], ArmExpression.Evaluate(app.TextAt("properties.functionAppConfig.deployment.storage.value")!).Split('/')[^1]);
        Assert.Equal("UserAssignedIdentity", app.TextAt("properties.functionAppConfig.deployment.storage.authentication.type"));
        // https://learn.microsoft.com/azure/azure-functions/functions-app-settings: refused or ignored on Flex Consumption.
        string[] refused =
        [
            "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_MAX_HTTP_CONCURRENCY", "FUNCTIONS_WORKER_PROCESS_COUNT", "SCM_DO_BUILD_DURING_DEPLOYMENT",
            "ENABLE_ORYX_BUILD", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTOVERVNET", "WEBSITE_DNS_SERVER", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
            "WEBSITE_NODE_DEFAULT_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_SKIP_CONTENTSHARE_VALIDATION", "WEBSITE_VNET_ROUTE_ALL", "XDT_MicrosoftApplicationInsights_Mode",
        ];
        Assert.Empty(deployment.AppSettings().Keys.Intersect(refused, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Functions_that_are_kept_ready_exist()
    {
        var functions = typeof(FunctionServices).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(m => m.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>().ToList();
        var ready = (await Bicep.ExpandAsync("prod")).The("Microsoft.Web/sites").At("properties.functionAppConfig.scaleAndConcurrency.alwaysReady").EnumerateArray().Select(r => r.GetProperty("name").GetString()!).ToList();
        Assert.NotEmpty(ready);
        Assert.All(ready.Where(name => name != "http"), name => Assert.Contains(name["function:".Length..], functions));
    }

    [Fact]
    public async Task Only_content_that_nothing_reads_any_more_is_removed_by_age()
    {
        var deployment = await Bicep.ExpandAsync("prod");
        var rule = Assert.Single(deployment.The("Microsoft.Storage/storageAccounts/managementPolicies").At("properties.policy.rules").EnumerateArray()).GetProperty("definition");
        var storage = new StorageAccount(new StorageAccountOptions { ConnectionString = "UseDevelopmentStorage=true" });
        // The container of user rules, and the app's own package, stay.
        Assert.Equal([$"{storage.Packs.Name}/", $"{storage.BounceMails.Name}/"], rule.GetProperty("filters").GetProperty("prefixMatch").EnumerateArray().Select(p => p.GetString()));
        var days = rule.GetProperty("actions").GetProperty("baseBlob").GetProperty("delete").GetProperty("daysAfterCreationGreaterThan").GetInt32();
        Assert.True(TimeSpan.FromDays(days) >= 2 * EnhancedMta.Retries.ValidityPeriod.Longest);
    }

    /// <summary>As the app sees them: names with colons, and for each reference to the vault a value of its own that can be a key, a password or a token.</summary>
    private static async Task<Dictionary<string, string>> SettingsAsync(string environment) => (await Bicep.ExpandAsync(environment)).AppSettings().ToDictionary(
        s => s.Key.Replace("__", ":", StringComparison.Ordinal),
        s => s.Value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal) ? Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(s.Value))) : s.Value);

    private static (IConfiguration Configuration, Dictionary<string, int> Reads) Recorded(Dictionary<string, string> settings)
    {
        var source = new RecordingSource(settings);
        return (new ConfigurationBuilder().Add(source).Build(), source.Reads);
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[A-Za-z0-9_]+")]
    private static partial Regex SettingName();

    private sealed class RecordingSource(Dictionary<string, string> settings) : IConfigurationSource
    {
        public Dictionary<string, int> Reads { get; } = new(StringComparer.OrdinalIgnoreCase);

        public IConfigurationProvider Build(IConfigurationBuilder builder) =>
            new RecordingProvider(new MemoryConfigurationSource { InitialData = settings!.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)) }, Reads);
    }

    private sealed class RecordingProvider(MemoryConfigurationSource source, Dictionary<string, int> reads) : MemoryConfigurationProvider(source)
    {
        public override bool TryGet(string key, out string? value)
        {
            if (!base.TryGet(key, out value))
                return false;
            reads[key] = reads.GetValueOrDefault(key) + 1;
            return true;
        }
    }
}
