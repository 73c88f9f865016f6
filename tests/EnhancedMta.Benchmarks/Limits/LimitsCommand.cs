using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary><c>limits</c>: whether limits hold, and are used, when several processes send to the same sites.</summary>
internal static class LimitsCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when the limits held and nothing was lost.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = LimitsOptions.Parse(arguments);
        Requirements.Linux("loopback addresses beside 127.0.0.1, and signals");
        var result = await LimitsRun.RunAsync(options, Console.Error.WriteLine, cancellationToken);
        LimitsReport.Write(options, result);
        return LimitsReport.IsGood(options, result);
    });
}
