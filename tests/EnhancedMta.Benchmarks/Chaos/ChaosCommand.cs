using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary><c>chaos</c>: whether anything is lost, or told wrong, while everything around fails.</summary>
internal static class ChaosCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when all invariants held.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = ChaosOptions.Parse(arguments);
        Requirements.Linux("loopback addresses beside 127.0.0.1, and signals");
        var result = await ChaosRun.RunAsync(options, Console.Error.WriteLine, cancellationToken);
        ChaosReport.Write(options, result);
        return result.IsGood;
    });
}
