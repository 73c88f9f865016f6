using System.Globalization;

namespace EnhancedMta.Benchmarks.Soak;

/// <param name="Minutes">Under load.</param>
/// <param name="Rate">Messages a second; null for half of what the machine does, which is measured first.</param>
/// <param name="Output">Folder that gets the samples and what the process says.</param>
/// <param name="From">Samples of an earlier run, told again instead of a run; null for a run.</param>
/// <param name="Until">With <paramref name="From"/>: samples after this minute are left out, and the report says so. For a machine that was taken away in mid-run.</param>
/// <param name="Document">Markdown file that gets the tables, and beside it the plot; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record SoakOptions(double Minutes, double? Rate, string? Output, string? From, double? Until, string? Document, bool Json)
{
    public const string Usage = "soak [--minutes N] [--rate R] [--output FOLDER] [--from FILE [--until MINUTE]] [--write FILE] [--json]";

    /// <summary>Sampled so often: each minute, and in a short run often enough for two halves.</summary>
    public TimeSpan Interval => TimeSpan.FromMinutes(Math.Min(1, Minutes / 20));

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static SoakOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new SoakOptions(60, null, null, null, null, null, false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--minutes", var text, ..] => (options with { Minutes = Number(text, "--minutes", 0.2, 10_080) }, 2),
                ["--rate", var text, ..] => (options with { Rate = Number(text, "--rate", 1, 100_000) }, 2),
                ["--output", var folder, ..] => (options with { Output = folder }, 2),
                ["--from", var file, ..] => (options with { From = file }, 2),
                ["--until", var text, ..] => (options with { Until = Number(text, "--until", 1, 10_080) }, 2),
                ["--write", var file, ..] => (options with { Document = file }, 2),
                ["--json", ..] => (options with { Json = true }, 1),
                _ => throw new FormatException($"Cannot use '{string.Join(' ', arguments.ToArray())}'. Usage: {Usage}"),
            };
            arguments = arguments[used..];
        }

        return options;
    }

    private static double Number(string text, string option, double least, double most) =>
        double.TryParse(text, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{text}' must be a number from {least} to {most}."));
}
