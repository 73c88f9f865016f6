using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using Microsoft.Playwright;

namespace EnhancedMta.IntegrationTests.Dashboard;

/// <summary>For everybody: contrast and structure by axe-core, in both themes and on a phone; with the keyboard alone; with a key that is wrong, a server that is gone.</summary>
[Collection(BrowserFixture.Name)]
public sealed class AccessTests(AzuriteFixture azurite, BrowserFixture browser)
{
    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "Nobody of that name")) { Prefix = "none" },
        new("full", new SinkReply(452, "4.2.2", "The mailbox is full")) { Prefix = "full" },
    ];

    [Theory]
    [InlineData(ColorScheme.Light, 1280, "en-GB")]
    [InlineData(ColorScheme.Dark, 1280, "en-GB")]
    [InlineData(ColorScheme.Light, 390, "fr-FR")]
    [InlineData(ColorScheme.Dark, 390, "fr-FR")]
    public async Task No_view_has_faults_that_axe_finds(ColorScheme scheme, int width, string locale)
    {
        await using var page = await browser.OpenAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 850 }, Locale = locale });
        var axe = await browser.AxeAsync();
        var found = new List<string>();
        await using var mta = await StartAsync();
        var path = (await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths")[0].GetProperty("id").GetString();
        await mta.SendAsync(HttpMethod.Post, $"paths/{path}", 200, new StringContent("""{"action":"suspend","for":"PT1H","reason":"a test"}"""));

        await page.Page.GotoAsync(new Uri(mta.Host.Address, "api/dashboard").ToString());
        await page.Page.Locator("#key").WaitForAsync();
        await FindsNothingAsync("sign-in");
        await page.EnterAsync(mta.Host.Address, mta.Key);
        foreach (var place in new[] { "deliveries", "deliveries/d", "deliveries/d/log", "deliveries/d/log?search=nowhere", "deliveries/d/messages/full1", "throughput", "paths", $"paths/{path}", "warm-up", "alerts", "mode", "elsewhere" })
        {
            await page.GoAsync($"#/{place}");
            await FindsNothingAsync(place);
            // Nothing is wider than the screen.
            if (!await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                found.Add($"{place} is wider than {width} pixels.");
        }

        Assert.Empty(found);
        Assert.Empty(page.Faults);

        async Task FindsNothingAsync(string place) => found.AddRange((await page.AccessibilityFaultsAsync(axe)).Select(fault => $"{place}: {fault}"));
    }

    [Fact]
    public async Task Keyboard_alone_reaches_everything()
    {
        await using var page = await browser.OpenAsync();
        await using var mta = await StartAsync();
        await page.EnterAsync(mta.Host.Address, mta.Key);
        await page.SeesAsync("tbody", "Delivery d");

        // A new place takes the focus to its heading, so that reading goes on there.
        await page.GoAsync("#/paths");
        await FocusIsOnAsync("#title");
        await page.GoAsync("#/deliveries");
        await page.Page.ReloadAsync();
        await page.SeesAsync("tbody", "Delivery d");
        await page.Page.Keyboard.PressAsync("Tab");
        await FocusIsOnAsync(".skip");
        await page.Page.Keyboard.PressAsync("Enter");
        await FocusIsOnAsync("#main");
        await TabToAsync("tbody a");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("h1", "Delivery d");

        // Radio buttons by arrows; what was chosen stays focused while the page refreshes.
        await TabToAsync("input[name=window]");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Page.Locator("input[name=window][value='3h']")).ToBeCheckedAsync();
        var asOf = await page.Page.Locator(".as-of").TextContentAsync();
        await mta.AdvanceAsync(TimeSpan.FromMinutes(1));
        await Assertions.Expect(page.Page.Locator(".as-of")).Not.ToHaveTextAsync(asOf!);
        await FocusIsOnAsync("input[name=window][value='3h']");

        // A mode is changed by its dialog, which Escape leaves without a change.
        await page.GoAsync("#/mode");
        await TabToAsync("input[name=mode]");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await TabToAsync("main button[type=submit]");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("dialog", "Change to Maintenance?");
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Page.Locator("dialog")).ToHaveCountAsync(0);
        Assert.Equal("enhanced", (await mta.SendAsync(HttpMethod.Get, "mode", 200)).GetProperty("mode").GetString());
        await TabToAsync("main button[type=submit]");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("dialog", "Change to Maintenance?");
        await TabToAsync("dialog button.danger");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync(".connection", "Maintenance");
        Assert.Equal("maintenance", (await mta.SendAsync(HttpMethod.Get, "mode", 200)).GetProperty("mode").GetString());
        await page.SeesAsync("[aria-live=polite]", "The mode is now Maintenance.");
        Assert.Empty(page.Faults);

        async Task TabToAsync(string selector)
        {
            for (var presses = 0; presses < 60; presses++)
            {
                await page.Page.Keyboard.PressAsync("Tab");
                if (await page.Page.EvaluateAsync<bool>("(s) => document.activeElement.matches(s)", selector))
                    return;
            }

            Assert.Fail($"60 presses of Tab do not reach {selector}.");
        }

        async Task FocusIsOnAsync(string selector) =>
            Assert.True(await page.Page.EvaluateAsync<bool>("(s) => document.activeElement.matches(s)", selector), $"The focus is not on {selector}.");
    }

    [Fact]
    public async Task A_path_is_suspended_after_a_look_at_what_that_does()
    {
        await using var page = await browser.OpenAsync();
        await using var mta = await StartAsync();
        await page.EnterAsync(mta.Host.Address, mta.Key);
        await page.GoAsync("#/paths");
        await page.Page.Locator("tbody a").First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Suspend for an hour…" }).ClickAsync();
        await page.SeesAsync("dialog .timeline", "Suspended");
        Assert.Equal(0, await page.Page.Locator("main .timeline").CountAsync());
        await page.Page.Locator("dialog").GetByRole(AriaRole.Button, new() { Name = "Suspend for an hour" }).ClickAsync();
        await page.SeesAsync("main .timeline", "an operator");
        await page.GoAsync("#/alerts");
        await page.SeesAsync(".notice.warn", "is held back");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task An_answer_that_comes_when_the_address_has_just_changed_is_not_taken_for_the_new_place()
    {
        await using var page = await browser.OpenAsync();
        await using var mta = await StartAsync();
        await page.EnterAsync(mta.Host.Address, mta.Key);
        await page.GoAsync("#/paths");
        // The next list of deliveries is answered and shown after the address has changed, and before the page is told so.
        await page.Page.EvaluateAsync(
            """
            () => {
              const { fetch } = window;
              window.fetch = async (url, options) => {
                const answer = await fetch(url, options);
                if (new URL(url).pathname.endsWith("/deliveries")) {
                  const json = await answer.json();
                  answer.json = () => {
                    window.fetch = fetch;
                    location.hash = "#/deliveries/d/log";
                    return json;
                  };
                }
                return answer;
              };
            }
            """);
        await page.Page.EvaluateAsync("() => { location.hash = '#/deliveries'; }");
        await page.Page.Locator(".shell[data-place='deliveries/d/log'] .as-of").WaitForAsync();
        await page.SeesAsync("h1", "Delivery d");
        Assert.Empty(page.Faults);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_a_server_that_is_gone_is_told()
    {
        await using var page = await browser.OpenAsync();
        await using var mta = await StartAsync();
        await page.Page.GotoAsync(new Uri(mta.Host.Address, "api/dashboard").ToString());
        await page.Page.Locator("#key").FillAsync("wrong");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("#key-problem", "refuses this key");

        await page.EnterAsync(mta.Host.Address, mta.Key);
        await page.SeesAsync("tbody", "Delivery d");
        // What is known stays on the page.
        await page.Page.Context.SetOfflineAsync(true);
        await page.SeesAsync("[role=alert]", "does not answer");
        await page.SeesAsync("tbody", "Delivery d");
        await page.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(page.Page.Locator("[role=alert]")).ToHaveCountAsync(0, new() { Timeout = 120_000 });

        // The key is in this tab's session only, never in the address, and gone when it is forgotten.
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("[...Object.values(localStorage)].filter((v) => v.length > 20).length"));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Forget key" }).ClickAsync();
        await page.Page.Locator("#key").WaitForAsync();
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("sessionStorage.length"));
    }

    [Fact]
    public async Task A_hidden_tab_asks_for_nothing()
    {
        await using var page = await browser.OpenAsync();
        await using var mta = await StartAsync();
        await page.EnterAsync(mta.Host.Address, mta.Key);
        await page.GoAsync("#/deliveries/d");
        await page.SeesAsync("h1", "Delivery d");
        var requests = 0;
        page.Page.Request += (_, _) => Interlocked.Increment(ref requests);
        await page.Page.EvaluateAsync("Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));");
        // What was under way ends; then nothing for longer than any view waits between two questions.
        await page.Page.WaitForTimeoutAsync(1_500);
        var before = Volatile.Read(ref requests);
        await page.Page.WaitForTimeoutAsync(4_500);
        Assert.Equal(before, Volatile.Read(ref requests));
        await page.Page.RunAndWaitForRequestAsync(
            () => page.Page.EvaluateAsync("Object.defineProperty(document, 'hidden', { value: false, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));"),
            request => request.Url.EndsWith("/deliveries/d", StringComparison.Ordinal));
        Assert.Empty(page.Faults);
    }

    private async Task<MtaUnderTest> StartAsync()
    {
        var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { label = "Delivery d", sender = "News <news@sender.example>", expectedSize = 12 });
        await mta.RelayAsync("d", "none1", "full1", "good1", "good2", "good3", "good4");
        await mta.SettledAsync("d", 1);
        return mta;
    }
}
