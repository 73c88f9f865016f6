using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary><c>soak</c>: whether anything grows that should not, over a long time at half load.</summary>
internal static class SoakCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when all is flat and arrived once.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = SoakOptions.Parse(arguments);
        Requirements.Linux("/proc, and loopback addresses beside 127.0.0.1");
        var result = options.From is { } file ? SoakResult.Read(file) : await RunAsync(options, cancellationToken);
        if (options is { From: not null, Until: { } until })
            result = result with { Samples = [.. result.Samples.Where(s => s.Minute <= until)] };
        SoakReport.Write(options, result);
        return result.IsGood;
    });

    private static async Task<SoakResult> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        var output = options.Output is { } folder ? Directory.CreateDirectory(folder).FullName : Directory.CreateTempSubdirectory("enhancedmta-soak-").FullName;
        await Console.Error.WriteLineAsync($"Samples, and what the app says: {output}");
        return await SoakRun.RunAsync(options, output, Console.Error.WriteLine, cancellationToken);
    }
}
