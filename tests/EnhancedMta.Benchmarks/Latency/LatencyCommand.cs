using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Latency;

/// <summary><c>latency</c>: how long one transactional message takes from the caller to the recipient's server.</summary>
internal static class LatencyCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when the goals hold.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = LatencyOptions.Parse(arguments);
        Requirements.ReleaseBuild(options.Document);
        var result = await LatencyRun.RunAsync(options, Console.Error.WriteLine, cancellationToken);
        LatencyReport.Write(options, result);
        return result.IsGood;
    });
}
