using System.Globalization;

namespace EnhancedMta.Benchmarks.Fuzz;

/// <param name="Inputs">Of all targets together.</param>
/// <param name="Seed">Sets every input.</param>
/// <param name="Target">The only one; null for all.</param>
/// <param name="Folder">Gets the inputs that found something.</param>
/// <param name="Document">Markdown file that gets the table; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record FuzzOptions(long Inputs, int Seed, string? Target, string Folder, string? Document, bool Json)
{
    public const string Usage = "fuzz [--inputs N] [--seed S] [--target NAME] [--findings FOLDER] [--write FILE] [--json]";

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static FuzzOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new FuzzOptions(Inputs: 1_000_000, Seed: 1, Target: null, Folder: "fuzz-findings", Document: null, Json: false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--inputs", var text, ..] => (options with { Inputs = Number(text, "--inputs", 1) }, 2),
                ["--seed", var text, ..] => (options with { Seed = (int)Math.Min(int.MaxValue, Number(text, "--seed", 0)) }, 2),
                ["--target", var name, ..] => (options with { Target = name }, 2),
                ["--findings", var folder, ..] => (options with { Folder = folder }, 2),
                ["--write", var file, ..] => (options with { Document = file }, 2),
                ["--json", ..] => (options with { Json = true }, 1),
                _ => throw new FormatException($"Cannot use '{string.Join(' ', arguments.ToArray())}'. Usage: {Usage}"),
            };
            arguments = arguments[used..];
        }

        return options;
    }

    private static long Number(string text, string option, long least) =>
        long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{text}' must be a whole number from {least}."));
}
