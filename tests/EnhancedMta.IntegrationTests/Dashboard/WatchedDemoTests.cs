using System.Globalization;
using System.Text.RegularExpressions;
using EnhancedMta.LocalHost.Commands.Demo;
using Microsoft.Playwright;

namespace EnhancedMta.IntegrationTests.Dashboard;

/// <summary>A delivery of the demo, watched from its declaration to the final state of its last message.</summary>
[Collection(BrowserFixture.Name)]
public sealed partial class WatchedDemoTests(BrowserFixture browser)
{
    private const int Messages = 200;

    [Fact]
    public async Task A_delivery_is_watched_from_declaration_to_the_end()
    {
        var id = $"watched-{Guid.NewGuid():N}"[..20];
        await using var page = await browser.OpenAsync();
        await using var world = await DemoWorld.StartAsync(id, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        var mailing = new Mailing(id, Messages);
        await world.Api.DeclareAsync(id, new { label = "Three books", sender = "Hilltop Books <news@hilltop-books.example>", expectedSize = Messages }, TestContext.Current.CancellationToken);

        // The demo's link has the key in its fragment: the page keeps it and takes it out of the address.
        await page.Page.GotoAsync(world.Dashboard.ToString());
        await page.SeesAsync("tbody", "Three books");
        Assert.DoesNotContain(world.Keys.Function, page.Page.Url, StringComparison.Ordinal);
        await page.SeesAsync("tbody", "Nothing relayed");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Three books" }).ClickAsync();
        await ShowsAsync(page, "Success %", "100%");
        await ShowsAsync(page, "Delivered %", "0%");

        // After the first attempts: some delivered, some failed, some wait.
        var rounds = new RetryRounds(world.Host, world.Watch, world.Clock, () => Task.CompletedTask);
        await world.Api.RelayAsync(id, RelayBody.Of(mailing.Messages), TestContext.Current.CancellationToken);
        await rounds.SettleAsync(TestContext.Current.CancellationToken);
        var first = await world.Api.SummaryAsync(id, TestContext.Current.CancellationToken);
        Assert.True(first.WaitingForRetry > 0 && first.Failed > 0 && first.Delivered > 0, $"The demo is to be under way: {first}");
        await ShowsAsync(page, "Success %", Percent(first.SuccessPercent));
        await ShowsAsync(page, "Delivered %", Percent(first.DeliveredPercent));
        await page.SeesAsync("#forecast", "What still waits");

        // And in the end: what the providers had to lead to.
        await rounds.RunAsync(TestContext.Current.CancellationToken);
        var failed = mailing.ExpectedFailures.Values.Sum();
        await ShowsAsync(page, "Failed", failed.ToString(CultureInfo.InvariantCulture));
        await ShowsAsync(page, "Success %", Percent(100.0 * (Messages - failed) / Messages));
        await ShowsAsync(page, "Delivered %", Percent(100.0 * mailing.ExpectedDelivered / Messages));
        await Assertions.Expect(page.Page.Locator("#forecast")).ToHaveCountAsync(0, new() { Timeout = 120_000 });

        // Reasons lead to their messages.
        foreach (var (reason, count) in mailing.ExpectedFailures)
        {
            var row = page.Page.Locator("tbody tr", new() { Has = page.Page.Locator($"a[href*='reason={reason}']") });
            await Assertions.Expect(row.Locator("td").First).ToHaveTextAsync(count.ToString(CultureInfo.InvariantCulture));
        }

        // Both graphs, side by side, and their figures for those who cannot see them.
        await page.SeesAsync("figure h3:has-text('Campaign → Enhanced MTA')", "Campaign → Enhanced MTA");
        await page.SeesAsync("figure h3:has-text('Enhanced MTA → recipients')", "Enhanced MTA → recipients");
        await page.Page.Locator("input[name=window][value='3h']").CheckAsync();
        Assert.Matches(WindowInAddress(), page.Page.Url);
        await page.GoAsync("#/throughput?window=24h");
        await page.Page.Locator("figure", new() { HasText = "Enhanced MTA → recipients" }).Locator("summary").ClickAsync();
        await Assertions.Expect(page.Page.Locator("figure table caption")).ToContainTextAsync("Enhanced MTA → recipients");

        await page.GoAsync("#/deliveries");
        await page.SeesAsync("tbody", "Finished");
        Assert.Empty(page.Faults);
    }

    private static Task ShowsAsync(DashboardPage page, string label, string value) =>
        Assertions.Expect(page.Page.Locator(".tile", new() { Has = page.Page.GetByText(label, new() { Exact = true }) }).Locator(".value").First)
            .ToHaveTextAsync(value, new() { Timeout = 120_000 });

    /// <summary>As the page rounds it in English.</summary>
    private static string Percent(double value) => value is 0 or 100
        ? string.Create(CultureInfo.InvariantCulture, $"{value}%") : string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(Math.Round(value, 2), 0.01, 99.99):0.00}%");

    [GeneratedRegex("window=3h")]
    private static partial Regex WindowInAddress();
}
