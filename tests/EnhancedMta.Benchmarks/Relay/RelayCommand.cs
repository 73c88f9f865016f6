using EnhancedMta.Benchmarks.Commands;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary><c>relay</c>: how many messages a second go from a caller's request to the recipients' server.</summary>
internal static class RelayCommand
{
    /// <returns>As <see cref="ExitCode"/> says: 0 when it ran and nothing was lost, sent twice or unsigned by anybody.</returns>
    public static Task<int> RunAsync(string[] arguments) => ExitCode.OfAsync(async cancellationToken =>
    {
        var options = RelayOptions.Parse(arguments);
        Requirements.Linux("/proc, and Postfix's smtp-sink");
        Requirements.ReleaseBuild(options.Document);
        var document = options.Document is { } file ? RelayDocument.Open(file, options.SizeInKB) : null;
        var measurement = await new RelayRuns(options).RunAsync("dotnet run -c Release --project tests/EnhancedMta.Benchmarks -- relay " + string.Join(' ', arguments), cancellationToken);
        RelayReport.Write(measurement, options.Json);
        document?.Write(measurement);
        return measurement.Sides.All(side => side.IsGood()) && !measurement.Missing.Any(peer => peer.Failed);
    });
}
