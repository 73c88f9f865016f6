using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using EnhancedMta.Batches;
using EnhancedMta.Http.Access;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Tests.Topology;

/// <summary>Triggers, host.json and settings fit to each other and to what the library sends and expects.</summary>
public sealed partial class TopologyTests
{
    /// <summary>What strangers may see: no data.</summary>
    private static readonly string[] OpenToAnyone = ["Health", "OpenApi", "ShowDashboard", "ShowDashboardAsset"];

    private static readonly IReadOnlyList<FunctionDescriptor> Functions = FunctionDescriptor.In(typeof(FunctionAttribute).Assembly);

    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "functions", "EnhancedMta.Functions");

    [Fact]
    public void Each_queue_has_one_trigger_and_its_poison_queue_is_watched()
    {
        var queues = typeof(QueueNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!).Where(name => name != QueueNames.PoisonSuffix).ToList();
        var triggers = Triggers<QueueTriggerAttribute>().Select(t => t.Trigger.QueueName).ToList();
        Assert.Equal(queues.Order(StringComparer.Ordinal), triggers.Order(StringComparer.Ordinal));
        Assert.All(queues.Where(q => !q.EndsWith("-poison", StringComparison.Ordinal)), queue => Assert.Contains($"{queue}-poison", queues));
        // One storage account, by one setting.
        Assert.All(Triggers<QueueTriggerAttribute>(), t => Assert.Null(t.Trigger.Connection));
    }

    [Fact]
    public void Each_route_and_method_has_one_function()
    {
        var routes = Triggers<HttpTriggerAttribute>().SelectMany(t => t.Trigger.Methods!.Select(method => $"{method} {Parameters().Replace(t.Trigger.Route!, "{}")}")).ToList();
        Assert.Equal(routes.Distinct(StringComparer.OrdinalIgnoreCase), routes);
        // The host keeps these for itself.
        Assert.All(routes, route => Assert.DoesNotMatch("(?i)^\\w+ /?(admin|runtime)(/|$)", route));
    }

    [Fact]
    public void Each_HTTP_function_says_whose_keys_open_it_and_leaves_the_level_to_that()
    {
        foreach (var (function, trigger) in Triggers<HttpTriggerAttribute>())
        {
            Assert.True(function.OpenTo is not null, $"{function.Name} has no [OpenTo(Role.…)]");
            Assert.True(trigger.AuthLevel == AuthorizationLevel.Anonymous, $"{function.Name} asks for a key of the host, too");
            var role = function.OpenTo!.Value;
            Assert.Equal(OpenToAnyone.Contains(function.Name), role == Role.Anyone);
            Assert.True(role is not Role.Read || trigger.Methods is ["get"], $"{function.Name} changes something, and keys that read open it");
        }
    }

    [Fact]
    public void No_HTTP_function_leaves_its_level_to_a_default()
    {
        var triggers = Directory.GetFiles(Folder, "*.cs").SelectMany(file => HttpTriggers().Matches(File.ReadAllText(file)).Select(match => match.Groups["arguments"].Value)).ToList();
        Assert.Equal(Triggers<HttpTriggerAttribute>().Count(), triggers.Count);
        Assert.All(triggers, arguments => Assert.StartsWith("AuthorizationLevel.", arguments, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_setting_that_a_trigger_names_is_in_the_example()
    {
        var named = Triggers<TimerTriggerAttribute>().Select(t => t.Trigger.Schedule)
            .SelectMany(text => Settings().Matches(text)).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("RetrySchedule", named);
        using var example = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "local.settings.json.example")));
        Assert.All(named, name => Assert.True(example.RootElement.GetProperty("Values").TryGetProperty(name, out _), name));
    }

    [Fact]
    public void Host_json_fits_to_what_the_library_sends_and_how_long_it_works()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "host.json")));
        Assert.Equal("api", host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        var queues = host.RootElement.GetProperty("extensions").GetProperty("queues");
        // StorageAccount sends as it is; that what one sends the other reads is shown by each test that relays.
        Assert.Equal("none", queues.GetProperty("messageEncoding").GetString());
        Assert.InRange(queues.GetProperty("batchSize").GetInt32(), 1, 32);
        Assert.Equal(5, queues.GetProperty("maxDequeueCount").GetInt32());
        // The least that the Functions host takes: transactional mail waits for half of it on average (docs/performance.md).
        Assert.Equal(TimeSpan.FromMilliseconds(100), TimeSpan.Parse(queues.GetProperty("maxPollingInterval").GetString()!, null));
        // A batch's time, what is in mid-message after it, and three minutes in which storage may be away.
        var longest = new BatchOptions().RunTime + TimeSpan.FromSeconds(15) + TimeSpan.FromMinutes(3);
        Assert.True(TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, null) > longest);
        // Otherwise whole addresses are logged, and the keys in ?code= with them.
        Assert.Equal("Warning", host.RootElement.GetProperty("logging").GetProperty("logLevel").GetProperty("Microsoft.AspNetCore").GetString());
        Assert.Equal("OpenTelemetry", host.RootElement.GetProperty("telemetryMode").GetString());
    }

    private static IEnumerable<(FunctionDescriptor Function, T Trigger)> Triggers<T>() where T : Attribute => Functions.Where(f => f.Trigger is T).Select(f => (f, (T)f.Trigger));

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameters();

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Settings();

    [GeneratedRegex(@"\[HttpTrigger\((?<arguments>[^\]]*)\)\]")]
    private static partial Regex HttpTriggers();
}
