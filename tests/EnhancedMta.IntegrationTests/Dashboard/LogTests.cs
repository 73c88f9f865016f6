using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using Microsoft.Playwright;

namespace EnhancedMta.IntegrationTests.Dashboard;

/// <summary>The sending log: filters, search, pages, a message's history; in French; and with words of a hostile server.</summary>
[Collection(BrowserFixture.Name)]
public sealed class LogTests(AzuriteFixture azurite, BrowserFixture browser)
{
    private const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> \"><svg/onload=alert(3)> {{constructor}} nobody here";

    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("hostile", new SinkReply(550, "5.1.1", Hostile)) { Prefix = "evil" },
        new("full", new SinkReply(452, "4.2.2", "The mailbox is full")) { Prefix = "full" },
    ];

    [Fact]
    public async Task Words_of_a_hostile_server_are_text()
    {
        await using var mta = await SentAsync("hostile", ["evil1", "good1"], waiting: 0);
        await using var page = await OpenAsync(mta);
        await page.GoAsync("#/deliveries/hostile/log?status=Failed");
        await page.SeesAsync(".reply", Hostile);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "evil1" }).ClickAsync();
        await page.SeesAsync(".timeline .reply", Hostile);
        await page.SeesAsync(".says", Hostile);
        Assert.Equal(0, await page.Page.Locator("#app script, #app img, #app svg[onload]").CountAsync());

        // So are labels, and what a visitor is sent in an address.
        await mta.DeclareAsync("labelled", new { label = Hostile, sender = "\"<b>x</b>\" <a@b.example>" });
        await page.GoAsync("#/deliveries");
        await page.SeesAsync("tbody", Hostile);
        await page.GoAsync("#/deliveries/labelled");
        await page.SeesAsync("h1", Hostile);
        await page.Page.EvaluateAsync("location.hash = '#/deliveries/<img src=x onerror=alert(4)>'");
        await page.SeesAsync("[role=alert]", "Unknown delivery");
        // The API answers 404, which the browser notes; nothing else may be wrong.
        Assert.All(page.Faults, fault => Assert.Contains("404", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_is_filtered_searched_and_paged()
    {
        string[] all = [.. Enumerable.Range(0, 60).Select(n => $"good{n:00}"), "full1", "full2", "evil1"];
        await using var mta = await SentAsync("filtered", all, waiting: 2);
        await using var page = await OpenAsync(mta);
        await page.GoAsync("#/deliveries/filtered/log");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(50);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(13);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Previous" }).ClickAsync();
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(50);

        await page.Page.GetByLabel("Status").SelectOptionAsync("Failed");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await page.Page.GetByLabel("Status").SelectOptionAsync("waiting");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(2);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await page.Page.GetByLabel("Reason").SelectOptionAsync("1");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();

        // By text of the reply, by part of an id, by the whole id, by a text that is nowhere.
        foreach (var (text, count) in new[] { ("mailbox IS full", 2), ("good1", 10), ("good17", 1), ("nobody has this", 0) })
        {
            await page.Page.GetByLabel("Text or message id").FillAsync(text);
            await page.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(Rows(page)).ToHaveCountAsync(count);
        }

        await page.SeesAsync(".empty", "No message is like that");
        // What was asked for is in the address: it can be shared, and "back" goes back.
        Assert.Contains("search=nobody", page.Page.Url, StringComparison.Ordinal);
        await page.GoAsync("#/deliveries/filtered/log?domain=elsewhere.example");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(0);
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task French_has_the_terms_of_Campaign()
    {
        await using var mta = await SentAsync("francais", ["full1", "evil1", "good1"], waiting: 1, expectedSize: 1_300);
        await using var page = await OpenAsync(mta, new() { Locale = "fr-FR" });
        Assert.Equal("fr", await page.Page.EvaluateAsync<string>("document.documentElement.lang"));
        await page.GoAsync("#/deliveries/francais");
        foreach (var term in new[] { "Envoyés", "En échec", "Succès %", "Délivrés %", "À délivrer" })
            await Assertions.Expect(page.Page.Locator(".tile dt", new() { HasText = term }).First).ToBeVisibleAsync();
        // Numbers as the French write them: narrow spaces, decimal comma.
        await Assertions.Expect(page.Page.Locator(".tile", new() { HasText = "À délivrer" }).Locator(".value").Last).ToHaveTextAsync("1 300");
        await Assertions.Expect(page.Page.Locator(".tile.good .value")).ToHaveTextAsync("99,92 %");
        await page.GoAsync("#/deliveries/francais/log?status=Failed");
        await page.SeesAsync("tbody", "Utilisateur inconnu");
        await page.GoAsync("#/deliveries/francais/messages/full1");
        await page.SeesAsync(".timeline", "Rebond soft");
        await page.SeesAsync(".says", "Il attend sa prochaine tentative");

        // And back by the switch, which is remembered.
        await page.Page.GetByLabel("Langue").SelectOptionAsync("en");
        await page.SeesAsync(".timeline", "Soft bounce");
        await page.Page.ReloadAsync();
        await page.SeesAsync(".timeline", "Soft bounce");
        Assert.Empty(page.Faults);
    }

    private static ILocator Rows(DashboardPage page) => page.Page.Locator("section.card tbody tr");

    private async Task<MtaUnderTest> SentAsync(string delivery, string[] recipients, int waiting, int? expectedSize = null)
    {
        var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync(delivery, new { label = $"Delivery {delivery}", expectedSize = expectedSize ?? recipients.Length });
        await mta.RelayAsync(delivery, recipients);
        await mta.SettledAsync(delivery, waiting);
        return mta;
    }

    private async Task<DashboardPage> OpenAsync(MtaUnderTest mta, BrowserNewContextOptions? options = null)
    {
        var page = await browser.OpenAsync(options);
        await page.EnterAsync(mta.Host.Address, mta.Key);
        return page;
    }
}
