using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <param name="Messages">To relay.</param>
/// <param name="Exit">End once all is final, rather than at Ctrl-C.</param>
/// <param name="Json">Put the result as JSON on the last line of standard output.</param>
internal sealed record DemoOptions(int Messages = 2_000, bool Exit = false, bool Json = false)
{
    private const int MostMessages = 1_000_000;

    public static bool TryParse(IReadOnlyList<string> arguments, [NotNullWhen(true)] out DemoOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = new();
        for (var at = 0; at < arguments.Count; at++)
        {
            switch (arguments[at])
            {
                case "--exit":
                    options = options with { Exit = true };
                    break;
                case "--json":
                    options = options with { Json = true };
                    break;
                case "--messages" when at + 1 < arguments.Count
                    && int.TryParse(arguments[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var messages) && messages is > 0 and <= MostMessages:
                    options = options with { Messages = messages };
                    at++;
                    break;
                case "--messages":
                    (options, error) = (null, string.Create(CultureInfo.InvariantCulture, $"--messages needs a number from 1 to {MostMessages}"));
                    return false;
                case var unknown:
                    (options, error) = (null, $"cannot use '{unknown}'");
                    return false;
            }
        }
        error = null;
        return true;
    }
}
