using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Scale;

/// <summary><c>scale</c>: what several processes on one storage account do, what limits them, and what Azure would.</summary>
internal static class ScaleCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when it ran.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = ScaleOptions.Parse(arguments);
        Requirements.ReleaseBuild(options.Document);
        var points = new List<ScalePoint>();
        foreach (var processes in options.Processes)
            points.Add(await ScaleRun.RunAsync(options, processes, Console.Error.WriteLine, cancellationToken));
        ScaleReport.Write(options, points);
        return true;
    });
}
