using Microsoft.Playwright;

namespace EnhancedMta.Benchmarks.Screens;

/// <param name="Name">Of the file.</param>
/// <param name="Place">Fragment of the dashboard's address.</param>
/// <param name="Width">Of the viewport, in CSS pixels.</param>
/// <param name="Height">Of the viewport.</param>
/// <param name="Scheme">Light or dark.</param>
/// <param name="Locale">Of the browser.</param>
/// <param name="ScrollTo">Selector of what is to be at the top.</param>
internal sealed record Screen(
    string Name, string Place, int Width = 1280, int Height = 760, ColorScheme Scheme = ColorScheme.Light, string Locale = "en-GB", string? ScrollTo = null)
{
    /// <returns>What the browser found wrong meanwhile.</returns>
    public async Task<IReadOnlyList<string>> TakeAsync(IBrowser browser, Uri dashboard, string file)
    {
        await using var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = Width, Height = Height },
            ColorScheme = Scheme,
            Locale = Locale,
            TimezoneId = "Europe/Paris",
            ReducedMotion = ReducedMotion.Reduce,
        });
        var faults = new List<string>();
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                faults.Add(message.Text);
        };
        page.PageError += (_, error) => faults.Add(error);
        await page.GotoAsync(dashboard.ToString());
        await page.Locator(".as-of").WaitForAsync();
        await page.EvaluateAsync("(place) => { location.hash = `#/${place}`; }", Place);
        await page.Locator($".shell[data-place='{Place.Split('?')[0]}'] .as-of").WaitForAsync();
        if (ScrollTo is not null)
            await page.Locator(ScrollTo).First.EvaluateAsync("(e) => scrollBy(0, e.getBoundingClientRect().top - 120)");
        await page.Mouse.MoveAsync(0, 0);
        await page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
        await page.ScreenshotAsync(new() { Path = file });
        return faults;
    }
}
