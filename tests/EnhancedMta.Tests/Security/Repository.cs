using System.Diagnostics;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Tests.Security;

/// <summary>What is, or would be, in the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = RepositoryRoot.Find();

    /// <summary>Files that git keeps, and new ones that it does not ignore. The test is skipped where git or its data are not at hand.</summary>
    public static IReadOnlyList<string> Files() =>
        [.. Git("ls-files", "--cached", "--others", "--exclude-standard").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(f => File.Exists(Path.Combine(Root, f)))];

    public static bool IsIgnored(string path) => Git("check-ignore", "--quiet", "--no-index", path).ExitCode == 0;

    private static (int ExitCode, string Output) Git(params string[] arguments)
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Root, ".git")), "This is no checkout of git.");
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", .. arguments]) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            // 128 is git's own trouble.
            Assert.SkipWhen(git.ExitCode == 128, $"git says: {git.StandardError.ReadToEnd()}");
            return (git.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.Skip($"git is not installed: {missing.Message}");
            throw;
        }
    }
}
