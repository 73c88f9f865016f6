using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.Telemetry;

/// <summary>What Prometheus reads of a local host. Counters are the process's, and other tests run in it: at least so much.</summary>
public sealed class MetricsTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Prometheus_reads_what_was_relayed_and_how_the_instance_stands()
    {
        const string DeliveryId = "metrics-test-delivery";
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("unknown", new SinkReply(550, "5.1.1", "No such user")) { Prefix = "unknown" }]);
        await mta.DeclareAsync(DeliveryId, new { priority = "transactional" });
        await mta.RelayAsync(DeliveryId, "one", "two", "three", "unknown1");
        await mta.SettledAsync(DeliveryId, waiting: 0);

        using var client = new HttpClient();
        var text = "";
        // The batch's time is recorded when its invocation ends, a moment after its messages are settled; and a scrape may be answered from the one before. The path's row is written
        // once more then, and for whoever asks Azurite meanwhile it is not there.
        await Eventually.IsTrueAsync(
            async () =>
            {
                await mta.Host.RunTimerAsync("MeasureState", TestContext.Current.CancellationToken);
                text = await client.GetStringAsync(new Uri(mta.Host.Address, "metrics"), TestContext.Current.CancellationToken);
                return text.Contains("enhancedmta_batch_duration_seconds_count{", StringComparison.Ordinal) && Value(text, "enhancedmta_paths", "mode=\"normal\"") > 0;
            },
            "there are metrics");
        Assert.InRange(Value(text, "enhancedmta_messages_accepted_total", "lane=\"transactional\""), 4, double.MaxValue);
        Assert.InRange(Value(text, "enhancedmta_messages_settled_total", "outcome=\"delivered\"", "egress=\"1\"", "lane=\"transactional\"", "provider=\"others\""), 3, double.MaxValue);
        Assert.InRange(Value(text, "enhancedmta_messages_settled_total", "outcome=\"failed\"", "lane=\"transactional\""), 1, double.MaxValue);
        Assert.InRange(Value(text, "enhancedmta_messages_failed_total", "reason=\"1\""), 1, double.MaxValue);
        foreach (var phase in (string[])["open", "envelope", "data", "reply"])
            Assert.InRange(Value(text, "enhancedmta_smtp_duration_seconds_count", $"phase=\"{phase}\""), 1, double.MaxValue);
        foreach (var phase in (string[])["parse", "pack", "store", "log", "queue", "claim", "fetch", "settle"])
            Assert.InRange(Value(text, "enhancedmta_phase_duration_seconds_count", $"phase=\"{phase}\""), 1, double.MaxValue);
        foreach (var phase in OperatingSystem.IsLinux() ? (string[])["parse", "pack", "fetch"] : [])
            Assert.InRange(Value(text, "enhancedmta_phase_cpu_seconds_total", $"phase=\"{phase}\""), 1e-9, double.MaxValue);
        foreach (var service in (string[])["table", "queue", "blob"])
            Assert.InRange(Value(text, "enhancedmta_storage_operations_total", $"service=\"{service}\""), 1, double.MaxValue);
        Assert.InRange(Value(text, "enhancedmta_batch_queue_time_seconds_count", "lane=\"transactional\""), 1, double.MaxValue);
        Assert.Equal(0, Value(text, "enhancedmta_queue_depth", "queue=\"relay-transactional\""));
        Assert.Equal(0, Value(text, "enhancedmta_queue_oldest_age_seconds", "queue=\"bounces\""));
        Assert.Equal(1, Value(text, "enhancedmta_paths", "mode=\"normal\""));
        Assert.Equal(0, Value(text, "enhancedmta_paths", "mode=\"suspended\""));
        Assert.Equal(0, Value(text, "enhancedmta_egresses_down", "egress=\"1\""));
        Assert.Equal(0, Value(text, "enhancedmta_dkim_keys_missing"));
        // Bounded, and nobody's name.
        Assert.DoesNotContain(DeliveryId, text, StringComparison.Ordinal);
        Assert.DoesNotContain(MtaUnderTest.Domain, text, StringComparison.Ordinal);
        Assert.DoesNotContain('@', text);
    }

    private static double Value(string text, string name, params string[] labels)
    {
        var lines = text.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is '{' or ' ' && labels.All(l => line.Contains(l, StringComparison.Ordinal))).ToList();
        Assert.True(lines.Count > 0, $"No {name} with {string.Join(", ", labels)} in:\n{text}");
        // A line ends with its value, and a time after it.
        return lines.Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).First(part => char.IsDigit(part[0])), System.Globalization.CultureInfo.InvariantCulture));
    }
}
