using System.Globalization;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Egresses;

/// <summary>The whole app with the egress of its settings.</summary>
public sealed class PipelineTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task While_the_proxy_is_down_messages_wait_and_nothing_counts_as_their_attempt()
    {
        await using var proxy = await DanteServer.StartAsync();
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, Settings(proxy));
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", "first");
        await mta.SettledAsync("d", waiting: 0);
        proxy.Kill();

        await mta.RelayAsync("d", Enumerable.Range(0, 20).Select(n => $"m{n}"));
        await mta.SettledAsync("d", waiting: 20);
        Assert.Equal(0, (await mta.SummaryAsync("d")).GetProperty("softBounced").GetInt32());

        await proxy.RunAsync();
        Assert.True(await mta.AdvanceToNextRetryAsync());
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(21, (await mta.SummaryAsync("d")).GetProperty("delivered").GetInt32());
        Assert.Equal(21, mta.Sink.Ledger.Messages.Count);
        var message = (await mta.MessageAsync("d", "m7")).GetProperty("message");
        Assert.Equal(1, message.GetProperty("attempts").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    private static KeyValuePair<string, string?>[] Settings(DanteServer proxy) =>
    [
        Setting("PublicId", "11"),
        Setting("Kind", "socks5"),
        Setting("Address", DanteServer.Outside.ToString()),
        Setting("Proxy", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.EndPoint.Port}")),
        Setting("DeclaredWarm", "true"),
    ];

    private static KeyValuePair<string, string?> Setting(string name, string value) => KeyValuePair.Create($"EnhancedMta:Egresses:0:{name}", (string?)value);
}
