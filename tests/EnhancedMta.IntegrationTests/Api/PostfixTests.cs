using System.Globalization;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Api;

public sealed class PostfixTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Postfix_takes_each_message_once_and_its_refusal_fails_the_message()
    {
        if (PostfixServer.Missing is { } reason)
            Assert.Skip(reason);
        await using var postfix = await PostfixServer.StartAsync(MtaUnderTest.Domain);
        await using var mta = await MtaUnderTest.StartAsync(
            azurite, [], null, KeyValuePair.Create("EnhancedMta:Routes:*", (string?)string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{postfix.Port}")));
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", [.. Enumerable.Range(0, 50).Select(n => $"m{n}"), "unknown"]);
        await mta.SettledAsync("d", waiting: 0);

        var summary = await mta.SummaryAsync("d");
        Assert.Equal((50, 1), (summary.GetProperty("delivered").GetInt32(), summary.GetProperty("failed").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 50).Select(n => $"m{n}.d").Order(StringComparer.Ordinal), (await postfix.TakenAsync()).Select(id => id[..id.LastIndexOf('.', id.IndexOf('@', StringComparison.Ordinal))]).Order(StringComparer.Ordinal));
        Assert.Contains("550 5.1.1", (await mta.MessageAsync("d", "unknown")).GetProperty("message").GetProperty("reply").GetString(), StringComparison.Ordinal);
    }
}
