using System.Globalization;
using EnhancedMta.Benchmarks.Peers;

namespace EnhancedMta.Benchmarks.Relay;

/// <param name="Messages">How many are measured.</param>
/// <param name="Size">Octets of a message's header and body, as it is relayed.</param>
/// <param name="Peers">Names of those that do the same work.</param>
/// <param name="Runs">How often all of them do it.</param>
/// <param name="Document">A Markdown file that gets the figures; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record RelayOptions(int Messages, int Size, IReadOnlyList<string> Peers, int Runs, string? Document, bool Json)
{
    public const string Usage = "relay [--messages N] [--size 10KB|60KB|100KB] [--peer all|postfix,haraka,exim,opensmtpd] [--runs N] [--write docs/performance.md] [--json]";

    /// <summary>Relayed before the clock starts, by either side: connections are open then, and code is compiled.</summary>
    public const int WarmUp = 2_000;

    public int SizeInKB => Size / 1024;

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static RelayOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new RelayOptions(10_000, 10 * 1024, [], 1, null, false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--messages", var text, ..] => (options with { Messages = Number(text, "--messages", 1, 10_000_000) }, 2),
                ["--size", var text, ..] => (options with { Size = Number(text.EndsWith("KB", StringComparison.OrdinalIgnoreCase) ? text[..^2] : text, "--size", 2, 10_240) * 1024 }, 2),
                ["--peer", var text, ..] => (options with { Peers = PeerNames(text) }, 2),
                ["--runs", var text, ..] => (options with { Runs = Number(text, "--runs", 1, 100) }, 2),
                ["--write", var file, ..] => (options with { Document = file }, 2),
                ["--json", ..] => (options with { Json = true }, 1),
                _ => throw new FormatException($"Cannot use '{string.Join(' ', arguments.ToArray())}'. Usage: {Usage}"),
            };
            arguments = arguments[used..];
        }
        return options;
    }

    private static IReadOnlyList<string> PeerNames(string text)
    {
        if (text == "all")
            return AllPeers.Names;
        string[] names = [.. text.Split(',').Distinct()];
        return Array.Find(names, name => !AllPeers.Names.Contains(name)) is { } unknown
            ? throw new FormatException($"--peer: '{unknown}' is none of all, {string.Join(", ", AllPeers.Names)}.")
            : names;
    }

    private static int Number(string text, string option, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{text}' must be a number from {least} to {most}."));
}
