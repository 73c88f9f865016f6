using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EnhancedMta.Retries;

/// <summary>How long after its arrival a message is worth delivering (DESIGN, behaviour 2).</summary>
public static partial class ValidityPeriod
{
    /// <summary>3.5 days, whatever Campaign declares.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(84);

    /// <summary>What applies: the declared period, at most <see cref="Longest"/>, which is also what applies when none is declared.</summary>
    public static TimeSpan Effective(TimeSpan? declared) => declared is { } period && period < Longest ? period : Longest;

    /// <summary>
    /// Reads an ISO 8601 duration in weeks, days, hours, minutes and seconds: <c>P5D</c>, <c>PT1H30M</c>.
    /// The error names the field <c>validityPeriod</c>.
    /// </summary>
    public static bool TryParse(string? text, out TimeSpan period, [NotNullWhen(false)] out string? error)
    {
        period = default;
        var match = Duration().Match(text ?? "");
        if (!match.Success)
            error = YearsOrMonths().IsMatch(text ?? "")
                ? "validityPeriod: years and months have no fixed length; give weeks, days, hours, minutes or seconds"
                : "validityPeriod: must be an ISO 8601 duration such as P3DT12H or PT1H, without a sign";
        else
        {
            // With so few digits each, the sum stays inside the range.
            period = Part(match, "w") * TimeSpan.FromDays(7) + Part(match, "d") * TimeSpan.FromDays(1) + Part(match, "h") * TimeSpan.FromHours(1)
                + Part(match, "m") * TimeSpan.FromMinutes(1) + Part(match, "s") * TimeSpan.FromSeconds(1);
            error = period > TimeSpan.Zero ? null : "validityPeriod: must be longer than zero";
        }
        return error is null;
    }

    [GeneratedRegex(@"\AP(?!\z)(?:(?<w>[0-9]{1,5})W)?(?:(?<d>[0-9]{1,6})D)?(?:T(?!\z)(?:(?<h>[0-9]{1,8})H)?(?:(?<m>[0-9]{1,9})M)?(?:(?<s>[0-9]{1,9}(?:[.,][0-9]{1,7})?)S)?)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"\AP[^T]*[0-9][YM]", RegexOptions.CultureInvariant)]
    private static partial Regex YearsOrMonths();

    private static double Part(Match match, string group) =>
        match.Groups[group].Success ? double.Parse(match.Groups[group].Value.Replace(',', '.'), CultureInfo.InvariantCulture) : 0;
}
