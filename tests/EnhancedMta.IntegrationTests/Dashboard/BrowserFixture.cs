using EnhancedMta.Benchmarks.Screens;
using EnhancedMta.LocalHost.Emulator;
using Microsoft.Playwright;

namespace EnhancedMta.IntegrationTests.Dashboard;

/// <summary>One real browser for all tests of the dashboard, which run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserFixture : ICollectionFixture<BrowserFixture>, IAsyncLifetime
{
    public const string Name = "browser";

    private IAsyncDisposable? _chromium;
    private IBrowser? _browser;
    private string? _axe;

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || Chromium.Find() is null)
            return;
        var chromium = await Chromium.LaunchAsync();
        (_chromium, _browser) = (chromium, chromium.Browser);
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
    }

    /// <summary>A new browser with nothing stored, on its first page. Skips the test where no browser is.</summary>
    /// <param name="options">Language, colour scheme, viewport.</param>
    internal async Task<DashboardPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(_browser is null, "No Chromium is installed (apt-get install chromium); the dashboard was not tested in a browser.");
        options ??= new();
        options.Locale ??= "en-GB";
        return await DashboardPage.OpenAsync(await _browser.NewContextAsync(options));
    }

    /// <summary>axe-core, of package.json.</summary>
    internal async Task<string> AxeAsync()
    {
        if (_axe is null)
        {
            var root = RepositoryRoot.Find();
            await NodePackages.EnsureAsync(root, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
            _axe = await File.ReadAllTextAsync(Path.Combine(root, "node_modules", "axe-core", "axe.min.js"), TestContext.Current.CancellationToken);
        }

        return _axe;
    }
}
