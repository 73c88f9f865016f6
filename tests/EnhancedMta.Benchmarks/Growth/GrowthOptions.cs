using System.Globalization;

namespace EnhancedMta.Benchmarks.Growth;

/// <param name="UpTo">The largest size, in messages.</param>
/// <param name="Probe">Messages relayed at each size.</param>
/// <param name="Document">Markdown file that gets the tables; its folder <c>performance</c> gets the plots. Null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record GrowthOptions(int UpTo, int Probe, string? Document, bool Json)
{
    public const string Usage = "growth [--up-to 1000000] [--probe N] [--write FILE] [--json]";

    /// <summary>From a thousand on, ten times as many each.</summary>
    public IEnumerable<int> Sizes
    {
        get
        {
            for (long size = 1_000; size <= UpTo; size *= 10)
                yield return (int)size;
        }
    }

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static GrowthOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new GrowthOptions(UpTo: 100_000, Probe: 500, Document: null, Json: false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--up-to", var text, ..] => (options with { UpTo = Number(text, "--up-to", 10_000, 10_000_000) }, 2),
                ["--probe", var text, ..] => (options with { Probe = Number(text, "--probe", 1, 50_000) }, 2),
                ["--write", var file, ..] => (options with { Document = file }, 2),
                ["--json", ..] => (options with { Json = true }, 1),
                _ => throw new FormatException($"Cannot use '{string.Join(' ', arguments.ToArray())}'. Usage: {Usage}"),
            };
            arguments = arguments[used..];
        }

        return options;
    }

    private static int Number(string text, string option, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{text}' must be a number from {least:N0} to {most:N0}."));
}
