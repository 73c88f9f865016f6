using EnhancedMta.Benchmarks.Processes;
using Microsoft.Playwright;

namespace EnhancedMta.Benchmarks.Screens;

/// <summary>The system's Chromium, driven by Playwright. Nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly IPlaywright _playwright;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <summary>Where it is; null when none is installed.</summary>
    public static string? Find() => Names.Select(Installed.Find).FirstOrDefault(path => path is not null);

    /// <exception cref="InvalidOperationException">None is installed; the message says what to install.</exception>
    public static async Task<Chromium> LaunchAsync()
    {
        var path = Find() ?? throw new InvalidOperationException("Chromium is missing. Install it: apt-get install chromium (Debian, Ubuntu), or the package of your system that has it.");
        var playwright = await Playwright.CreateAsync();
        try
        {
            return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = path,
                // Chromium refuses its sandbox to root, as which containers run.
                Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
            }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
