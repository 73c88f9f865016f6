using System.Globalization;

namespace EnhancedMta.Benchmarks.Scale;

/// <param name="Processes">Local hosts on one Azurite, run after run.</param>
/// <param name="Messages">Relayed in each run.</param>
/// <param name="Size">Octets of a message's header and body.</param>
/// <param name="Document">Markdown file that gets the tables; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record ScaleOptions(IReadOnlyList<int> Processes, int Messages, int Size, string? Document, bool Json)
{
    public const string Usage = "scale [--processes 1,2,4] [--messages M] [--size 10KB] [--write FILE] [--json]";

    /// <summary>Relayed before the clock starts, for each process: connections are open then, and code is compiled.</summary>
    public const int WarmUp = 1_000;

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static ScaleOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ScaleOptions(Processes: [1, 2, 4], Messages: 12_000, Size: 10 * 1024, Document: null, Json: false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--processes", var text, ..] => (options with { Processes = [.. text.Split(',').Select(n => Number(n, "--processes", 1, 32))] }, 2),
                ["--messages", var text, ..] => (options with { Messages = Number(text, "--messages", 100, 10_000_000) }, 2),
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
