using System.Diagnostics;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>Runs a program to its end.</summary>
internal static class Programs
{
    /// <returns>Its exit code, and what it wrote.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }

    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, params IEnumerable<string> arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments));

    /// <summary>The program's path, or a skipped test that says what is missing.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="what">What brings it.</param>
    public static string Need(string program, string what)
    {
        foreach (var folder in $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(Path.PathSeparator))
        {
            if (File.Exists(Path.Combine(folder, program)))
                return Path.Combine(folder, program);
        }
        Assert.Skip($"{program} is not installed ({what}).");
        return "";
    }
}
