using System.Globalization;

namespace EnhancedMta.Benchmarks.Relay;

/// <param name="Messages">How many are measured.</param>
/// <param name="Size">Octets of a message's header and body, as it is relayed.</param>
/// <param name="WithPeer">Postfix and OpenDKIM do the same work afterwards.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record RelayOptions(int Messages, int Size, bool WithPeer, bool Json)
{
    public const string Usage = "relay [--messages N] [--size 10KB|60KB] [--peer postfix] [--json]";

    /// <summary>Relayed before the clock starts, by either side: connections are open then, and code is compiled.</summary>
    public const int WarmUp = 2_000;

    public int SizeInKB => Size / 1024;

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static RelayOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new RelayOptions(10_000, 10 * 1024, false, false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--messages", var text, ..] => (options with { Messages = Number(text, "--messages", 1, 10_000_000) }, 2),
                ["--size", var text, ..] => (options with { Size = Number(text.EndsWith("KB", StringComparison.OrdinalIgnoreCase) ? text[..^2] : text, "--size", 2, 10_240) * 1024 }, 2),
                ["--peer", "postfix", ..] => (options with { WithPeer = true }, 2),
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
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{text}' must be a number from {least} to {most}."));
}
