using System.Globalization;

namespace EnhancedMta.Benchmarks.Latency;

/// <param name="Samples">Transactional messages in each of both conditions.</param>
/// <param name="Messages">Of the marketing delivery that runs meanwhile; 0 measures idle only.</param>
/// <param name="Size">Octets of a message's header and body.</param>
/// <param name="Document">Markdown file that gets the table; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record LatencyOptions(int Samples, int Messages, int Size, string? Document, bool Json)
{
    public const string Usage = "latency [--samples N] [--messages M] [--size 10KB] [--write FILE] [--json]";

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static LatencyOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new LatencyOptions(Samples: 200, Messages: 100_000, Size: 10 * 1024, Document: null, Json: false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--samples", var text, ..] => (options with { Samples = Number(text, "--samples", 5, 100_000) }, 2),
                ["--messages", var text, ..] => (options with { Messages = Number(text, "--messages", 0, 10_000_000) }, 2),
                ["--size", var text, ..] => (options with { Size = Number(text.EndsWith("KB", StringComparison.OrdinalIgnoreCase) ? text[..^2] : text, "--size", 2, 10_240) * 1024 }, 2),
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
