using System.Globalization;

namespace EnhancedMta.Benchmarks.Chaos;

/// <param name="Minutes">How long things go wrong; real ones.</param>
/// <param name="Seed">Of all dice. Which request meets which throw is up to the processes.</param>
/// <param name="Processes">Local hosts on one storage account.</param>
/// <param name="Rate">Messages relayed to them, a second.</param>
/// <param name="Logs">Folder that gets each process's output; null for a temporary one, which stays when something is wrong.</param>
/// <param name="Document">Markdown file that gets the tables; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record ChaosOptions(double Minutes, int Seed, int Processes, int Rate, string? Logs, string? Document, bool Json)
{
    public const string Usage = "chaos [--minutes M] [--seed S] [--processes N] [--rate R] [--logs FOLDER] [--write FILE] [--json]";

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static ChaosOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ChaosOptions(Minutes: 2, Seed: 1, Processes: 3, Rate: 100, Logs: null, Document: null, Json: false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--minutes", var text, ..] => (options with { Minutes = Number(text, "--minutes", 0.1, 1_440) }, 2),
                ["--seed", var text, ..] => (options with { Seed = (int)Number(text, "--seed", 0, int.MaxValue) }, 2),
                ["--processes", var text, ..] => (options with { Processes = (int)Number(text, "--processes", 1, 16) }, 2),
                ["--rate", var text, ..] => (options with { Rate = (int)Number(text, "--rate", 1, 10_000) }, 2),
                ["--logs", var folder, ..] => (options with { Logs = folder }, 2),
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
