using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace EnhancedMta.IntegrationTests.Dashboard;

/// <summary>The dashboard in a browser. Whatever the browser finds wrong (errors, violations of the content security policy) is kept.</summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    private const float Limit = 120_000;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();

    private DashboardPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _faults.Enqueue($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Dialog += async (_, dialog) =>
        {
            _faults.Enqueue($"A dialog was opened: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>What the browser found wrong so far.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public static async Task<DashboardPage> OpenAsync(IBrowserContext context)
    {
        context.SetDefaultTimeout(Limit);
        await context.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));");
        return new DashboardPage(context, await context.NewPageAsync());
    }

    /// <summary>Opens the dashboard of a host and types its key.</summary>
    public async Task EnterAsync(Uri host, string key)
    {
        await Page.GotoAsync(new Uri(host, "api/dashboard").ToString());
        await Page.Locator("#key").FillAsync(key);
        await Page.Keyboard.PressAsync("Enter");
        await Page.Locator("h1#title").WaitForAsync();
    }

    /// <summary>Goes to a place by its fragment, and waits until it is shown.</summary>
    public async Task GoAsync(string fragment)
    {
        await Page.EvaluateAsync("(hash) => { location.hash = hash; }", fragment);
        await Page.Locator($".shell[data-place='{fragment.Split('?')[0].TrimStart('#', '/')}'] .as-of").WaitForAsync();
    }

    public Task SeesAsync(string selector, string text) => Assertions.Expect(Page.Locator(selector).First).ToContainTextAsync(text, new() { Timeout = Limit });

    public ILocator Tile(string label) => Page.Locator(".tile", new() { Has = Page.Locator("dt", new() { HasTextString = label }) }).Locator(".value").First;

    /// <summary>What axe-core finds against WCAG 2.2 A and AA in what is shown now.</summary>
    public async Task<IReadOnlyList<string>> AccessibilityFaultsAsync(string axe)
    {
        if (!await Page.EvaluateAsync<bool>("() => 'axe' in window"))
            await Page.EvaluateAsync($"() => {{ {axe} }}");
        var found = await Page.EvaluateAsync<JsonElement>(
            """
            async () => {
              const result = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
              return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).slice(0, 4).join(" | ")}`);
            }
            """);
        return [.. found.EnumerateArray().Select(v => v.GetString()!)];
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
