using EnhancedMta.Batches;
using EnhancedMta.Ingestion;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>RFC 8058, as large providers ask it of bulk mail.</summary>
public sealed class OneClickUnsubscribeTests
{
    private const string Good = "List-Unsubscribe: <mailto:u@shop.example>, <https://shop.example/u?7>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";

    [Theory]
    [InlineData(Good, UnsubscribeFault.None)]
    [InlineData("list-unsubscribe:<HTTPS://shop.example/u>\r\nLIST-UNSUBSCRIBE-POST:List-Unsubscribe=One-Click  \r\n", UnsubscribeFault.None)]
    [InlineData("List-Unsubscribe: (by\r\n web) <\r\n https:\r\n //shop.example/u>\r\nList-Unsubscribe-Post:\r\n List-Unsubscribe=One-Click\r\n", UnsubscribeFault.None)]
    [InlineData("", UnsubscribeFault.NoField)]
    [InlineData("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", UnsubscribeFault.NoField)]
    [InlineData("List-Unsubscribe: <mailto:u@shop.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", UnsubscribeFault.NoHttps)]
    [InlineData("List-Unsubscribe: <http://shop.example/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", UnsubscribeFault.NoHttps)]
    [InlineData("List-Unsubscribe: https://shop.example/u\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", UnsubscribeFault.NoHttps)]
    [InlineData("List-Unsubscribe: <https://>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", UnsubscribeFault.NoHttps)]
    [InlineData("List-Unsubscribe:\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", UnsubscribeFault.NoHttps)]
    [InlineData("List-Unsubscribe: <https://shop.example/u>\r\n", UnsubscribeFault.NoPost)]
    [InlineData("List-Unsubscribe: <https://shop.example/u>\r\nList-Unsubscribe-Post: One-Click\r\n", UnsubscribeFault.NoPost)]
    [InlineData(Good + "List-Unsubscribe: <https://other.example/u>\r\n", UnsubscribeFault.Twice)]
    public async Task What_a_message_lacks_is_told_and_nothing_is_refused_for_it(string fields, UnsubscribeFault fault) =>
        Assert.Equal(fault, (await Relay.ReadMimeAsync("From: a@shop.example\r\n" + fields + "\r\nx\r\n")).Unsubscribe);

    [Fact]
    public async Task Composed_messages_are_looked_at_too()
    {
        const string line = """{"messageId":1,"to":"j@example.com","from":"a@shop.example","subject":"s","text":"t","headers":{"List-Unsubscribe":"<https://shop.example/u>","List-Unsubscribe-Post":"List-Unsubscribe=One-Click"}}""";
        Assert.Equal(UnsubscribeFault.None, (await Relay.ReadOneAsync(line)).Unsubscribe);
        Assert.Equal(UnsubscribeFault.NoHttps, (await Relay.ReadOneAsync(line.Replace("https:", "ftp:", StringComparison.Ordinal))).Unsubscribe);
    }

    [Fact]
    public async Task A_request_is_warned_once_for_each_fault_with_the_first_message_ids()
    {
        var warnings = new RelayWarnings(Lane.Marketing);
        for (var i = 0; i < 20; i++)
            warnings.See(await Relay.ReadOneAsync(Relay.Line($"none{i}")));
        warnings.See(await Relay.ReadOneAsync(Relay.Line("good", mime: Good + Relay.Mime)));
        warnings.See(await Relay.ReadOneAsync(Relay.Line("mailto", mime: "List-Unsubscribe: <mailto:u@shop.example>\r\n" + Relay.Mime)));
        var told = warnings.List();
        Assert.Equal(["no-list-unsubscribe", "list-unsubscribe-without-https"], told.Select(warning => warning.Code));
        Assert.Equal([20, 1], told.Select(warning => warning.Count));
        Assert.Equal(["none0", "none1", "none2", "none3", "none4"], told[0].MessageIds);
        Assert.Equal(["mailto"], told[1].MessageIds);
        Assert.All(told, warning => Assert.Contains("RFC 8058", warning.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Transactional_mail_needs_none()
    {
        var warnings = new RelayWarnings(Lane.Transactional);
        warnings.See(await Relay.ReadOneAsync(Relay.Line("1")));
        Assert.Empty(warnings.List());
    }
}
