namespace EnhancedMta.Benchmarks.Processes;

/// <summary>Looks for the programs that a comparison needs.</summary>
internal static class Installed
{
    // Debian keeps them where an ordinary user's PATH does not lead.
    private static readonly string[] MoreFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

    /// <summary>Where a program is; null when it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(MoreFolders)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    /// <exception cref="InvalidOperationException">It is not installed; the message says what to install.</exception>
    public static string Require(string program, string debianPackage) => Find(program)
        ?? throw new InvalidOperationException($"{program} is missing. Install it: apt-get install {debianPackage} (Debian, Ubuntu), or the package of your system that has it.");
}
