using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Overload;

/// <summary><c>overload</c>: what becomes of those who offer many times what can be relayed, and of what was accepted of it.</summary>
internal static class OverloadCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when much was refused, no transactional mail, and all that was accepted came once.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = OverloadOptions.Parse(arguments);
        Requirements.Linux("/proc, and loopback addresses beside 127.0.0.1");
        var result = await OverloadRun.RunAsync(options, Console.Error.WriteLine, cancellationToken);
        OverloadReport.Write(options, result);
        return result.IsGood;
    });
}
