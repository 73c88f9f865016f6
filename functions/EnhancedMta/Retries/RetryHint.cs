using System.Globalization;
using System.Text.RegularExpressions;

namespace EnhancedMta.Retries;

/// <summary>A delay that a reply names: "try again in 300 seconds", "réessayez dans 5 minutes", "Retry-After: 120".</summary>
public static partial class RetryHint
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    /// <summary>Also the longest wait of the plan: what asks for more is asked again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    private const string Amount = @"(?:(?<h>\d{1,2}):(?<m>\d\d):(?<s>\d\d)\b|(?<n>\d{1,6}|an?\b|one\b|une?\b)\s*(?<unit>" +
        @"s|secs?|seconds?|secondes?|m|mins?|minutes?|h|hrs?|hours?|heures?|days?|jours?)\b)";

    private const string Roughly = @"(?:(?:about|at\s+least|approximately|another|the\s+next|environ|au\s+moins)\s+)?";

    /// <summary>Reads the first delay in a reply's words that is meant as one, bounded to <see cref="Shortest"/> … <see cref="Longest"/>.</summary>
    public static bool TryRead(string text, out TimeSpan delay)
    {
        var match = RetryAfter().Match(text);
        if (!match.Success)
            match = Wait().Match(text);
        if (!match.Success)
            match = LaterIn(text);
        delay = match.Success ? Bound(Value(match)) : default;
        return match.Success;
    }

    // A header's name in a reply's text; without a unit these are seconds (RFC 9110 §10.2.3).
    [GeneratedRegex(@"\bretry[-_ ]?after\s*[:=]?\s*(?:" + Amount + @"|(?<n>\d{1,6})\b)", Options)]
    private static partial Regex RetryAfter();

    [GeneratedRegex(@"\b(?:wait|delay\s+of|attendez|attendre|patientez|patienter)\s+(?:for\s+|pendant\s+)?" + Roughly + Amount, Options)]
    private static partial Regex Wait();

    // The look-behind keeps "more than 100 messages in 1 hour" out, which names a limit, not a delay.
    [GeneratedRegex(@"(?<!(?:messages?|e?-?mails?|connections?|recipients?|connexions?|destinataires?)\s)\b" +
        @"(?:in|after|for|dans|apr[eè]s|pendant|pour|d['’]ici)\s+" + Roughly + Amount, Options)]
    private static partial Regex Phrase();

    [GeneratedRegex(@"again|retry|\btry\b|later|back|resend|gr[ea]y-?list|defer|delay|block|suspend|unavailable|temporar" +
        @"|r[eé]+ss?ay|essayer|plus\s+tard|nouveau|tentative|renvoy|diff[eé]r|bloqu|suspendu|indisponible|temporair", Options)]
    private static partial Regex WaitWord();

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static Match LaterIn(string text)
    {
        var match = Phrase().Match(text);
        while (match.Success && !WaitWord().IsMatch(text.AsSpan(0, match.Index)))
            match = match.NextMatch();
        return match;
    }

    private static TimeSpan Value(Match match)
    {
        if (match.Groups["h"].Success)
            return new TimeSpan(Number(match.Groups["h"]), Number(match.Groups["m"]), Number(match.Groups["s"]));
        var amount = char.IsAsciiDigit(match.Groups["n"].ValueSpan[0]) ? Number(match.Groups["n"]) : 1;
        return match.Groups["unit"].Success ? amount * Unit(match.Groups["unit"].ValueSpan[0]) : TimeSpan.FromSeconds(amount);
    }

    private static TimeSpan Unit(char initial) => char.ToLowerInvariant(initial) switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static TimeSpan Bound(TimeSpan delay) => delay < Shortest ? Shortest : delay > Longest ? Longest : delay;
}
