using System.Runtime.Versioning;
using System.Text.Json;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Benchmarks.Sinks;

namespace EnhancedMta.Tests.Docs;

/// <summary>How several runs become one figure, and what programs get to read.</summary>
[SupportedOSPlatform("linux")]
public sealed class RelayReportTests
{
    [Fact]
    public void The_median_run_speaks_for_a_side_and_the_ratio_is_taken_within_a_run()
    {
        var ours = Runs(10, 5, 20);
        var theirs = Runs(40, 10, 20);
        var figures = SideFigures.Of("postfix", "3.7.11", theirs, ours);
        // 1,000 messages in 20 s. In turn they took 4, 2 and 1 times as long.
        Assert.Equal(50, figures.MessagesPerSecond);
        Assert.Equal((2, 1, 4), (figures.Ratio, figures.LowestRatio, figures.HighestRatio));
        Assert.Null(SideFigures.Of("enhancedmta", null, ours, null).Ratio);
    }

    [Fact]
    public void What_one_run_lost_or_left_unsigned_the_others_do_not_hide()
    {
        var good = Run(10, new SinkDump(1_000, 1_000, 1_000, 50, 50));
        Assert.True(SideFigures.Of("haraka", "3", [good, good], null).IsGood());
        foreach (var dump in new[] { new SinkDump(999, 999, 999, 50, 50), new SinkDump(1_001, 1_000, 1_001, 50, 50), new SinkDump(1_000, 1_000, 999, 50, 50), new SinkDump(1_000, 1_000, 1_000, 49, 50) })
            Assert.False(SideFigures.Of("haraka", "3", [good, Run(10, dump), good], null).IsGood());
    }

    [Fact]
    public void Programs_find_all_that_they_found_before_there_were_several_peers()
    {
        var (ours, theirs) = (Runs(10), Runs(30));
        var measurement = new Measurement(
            new DateOnly(2026, 11, 28), new Machine(2, "a processor", 24, "6"), "relay", 1_000, 10, 1,
            [SideFigures.Of("enhancedmta", null, ours, null), SideFigures.Of("postfix", "3.7.11", theirs, ours), SideFigures.Of("haraka", "3.3.4", ours, ours)],
            [new MissingPeer("exim", "Exim", "no apt-get", Failed: false)]);
        var json = JsonSerializer.Deserialize<JsonElement>(RelayReport.Json(measurement));
        Assert.Equal((100, 33.3, 3), (json.GetProperty("messagesPerSecond").GetDouble(), json.GetProperty("peerMessagesPerSecond").GetDouble(), json.GetProperty("ratio").GetDouble()));
        foreach (var name in new[] { "cpuSecondsPer1000", "peerCpuSecondsPer1000", "storageCpuSecondsPer1000", "peakMemoryMB", "storageOperationsPerMessage", "lost", "duplicates" })
            Assert.True(json.TryGetProperty(name, out _), name);
        Assert.Equal(["postfix", "haraka"], json.GetProperty("peers").EnumerateArray().Select(peer => peer.GetProperty("name").GetString()));
        Assert.Equal("no apt-get", json.GetProperty("missing")[0].GetProperty("why").GetString());
        Assert.Contains("Without Exim, which could not be had: no apt-get", RelayTables.OfSize(measurement), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--peer all", "postfix haraka exim opensmtpd")]
    [InlineData("--peer haraka,postfix", "haraka postfix")]
    [InlineData("--size 100KB --runs 3", "")]
    public void Peers_are_named_one_by_one_or_all(string arguments, string peers) =>
        Assert.Equal(peers.Split(' ', StringSplitOptions.RemoveEmptyEntries), RelayOptions.Parse(arguments.Split(' ')).Peers);

    [Theory]
    [InlineData("--peer sendmail")]
    [InlineData("--peer postfix,")]
    [InlineData("--runs 0")]
    public void What_cannot_be_used_is_refused(string arguments) => Assert.Throws<FormatException>(() => RelayOptions.Parse(arguments.Split(' ')));

    private static SideResult[] Runs(params double[] seconds) => [.. seconds.Select(s => Run(s, new SinkDump(1_000, 1_000, 1_000, 50, 50)))];

    private static SideResult Run(double seconds, SinkDump dump) => new("A server", 1_000, seconds / 2, seconds, 5, null, null, null, dump, WarmUp: 0);
}
