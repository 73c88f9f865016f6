using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Growth;

/// <summary><c>growth</c>: whether anything takes longer, or asks more of storage, the more is in the log and in the schedule.</summary>
internal static class GrowthCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when what is asked of storage stays the same.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = GrowthOptions.Parse(arguments);
        var result = await GrowthRun.RunAsync(options, Console.Error.WriteLine, cancellationToken);
        GrowthReport.Write(options, result);
        return result.Grown.Count == 0;
    });
}
