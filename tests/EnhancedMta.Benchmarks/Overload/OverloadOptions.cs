using System.Globalization;

namespace EnhancedMta.Benchmarks.Overload;

/// <param name="Minutes">How long too much is offered.</param>
/// <param name="Times">So many times what can be relayed.</param>
/// <param name="Rate">Messages a second that are offered, whatever can be relayed, which is not measured then; null for <paramref name="Times"/> as many.</param>
/// <param name="Senders">Of marketing mail; every other one does not obey Retry-After.</param>
/// <param name="Wait">The app's limit for marketing mail, in seconds: short, so that a short run reaches it.</param>
/// <param name="Document">Markdown file that gets the table; null for none.</param>
/// <param name="Json">The last line of the output is a JSON object.</param>
internal sealed record OverloadOptions(double Minutes, double Times, double? Rate, int Senders, int Wait, string? Document, bool Json)
{
    public const string Usage = "overload [--minutes M] [--times N | --rate R] [--senders N] [--wait SECONDS] [--write FILE] [--json]";

    /// <exception cref="FormatException">They cannot be used; the message says why.</exception>
    public static OverloadOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new OverloadOptions(1.5, 10, null, 40, 20, null, false);
        while (!arguments.IsEmpty)
        {
            (options, var used) = arguments switch
            {
                ["--minutes", var text, ..] => (options with { Minutes = Number(text, "--minutes", 0.1, 1_440) }, 2),
                ["--times", var text, ..] => (options with { Times = Number(text, "--times", 1, 1_000) }, 2),
                ["--rate", var text, ..] => (options with { Rate = Number(text, "--rate", 1, 1_000_000) }, 2),
                ["--senders", var text, ..] => (options with { Senders = (int)Number(text, "--senders", 2, 1_000) }, 2),
                ["--wait", var text, ..] => (options with { Wait = (int)Number(text, "--wait", 5, 86_400) }, 2),
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
