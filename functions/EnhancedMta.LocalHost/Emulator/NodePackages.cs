using System.ComponentModel;
using System.Diagnostics;

namespace EnhancedMta.LocalHost.Emulator;

/// <summary>The npm packages that package.json pins: the storage emulator and the tests' SMTP peers.</summary>
public static class NodePackages
{
    /// <summary>
    /// Installs them with <c>npm ci</c> in the folder of package.json unless they are there, and says so in one line.
    /// Processes that ask at once wait for the first.
    /// </summary>
    /// <exception cref="InvalidOperationException">npm is missing or failed; the message says which, and what to do.</exception>
    public static async Task EnsureAsync(string root, Action<string> say, CancellationToken cancellationToken)
    {
        if (AreInstalled(root)) return;
        using var turn = await LockFile.WaitAsync(Path.Combine(root, ".azurite", "npm-ci.lock"), cancellationToken);
        if (AreInstalled(root)) return;
        say("Installing the pinned npm packages, Azurite among them (npm ci; the first time only) ...");
        await InstallAsync(root, cancellationToken);
        if (!AreInstalled(root)) throw new InvalidOperationException($"npm ci ended well but left no Azurite in {root}. Run it there and look.");
    }

    // npm writes the hidden lock file last: an installation that was cut short has none.
    private static bool AreInstalled(string root) =>
        File.Exists(Path.Combine(root, "node_modules", ".package-lock.json")) && File.Exists(AzuriteScript(root));

    internal static string AzuriteScript(string root) =>
        Path.Combine(root, "node_modules", "azurite", "dist", "src", "azurite.js");

    private static async Task InstallAsync(string root, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var npm = Start(start);
        try
        {
            var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = npm.StandardError.ReadToEndAsync(cancellationToken);
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode != 0)
                throw new InvalidOperationException($"npm ci failed in {root} (exit code {npm.ExitCode}): {(await errors + await output).Trim()}");
        }
        finally
        {
            if (!npm.HasExited) npm.Kill(entireProcessTree: true);
        }
    }

    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    internal static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"Cannot start '{start.FileName}' ({e.Message}). Install Node.js 20 or newer, or point AzureWebJobsStorage at a storage account.", e);
        }
    }
}
