using System.Globalization;
using EnhancedMta.Sites;

namespace EnhancedMta.MxRules;

/// <summary>
/// What limits are counted over: (an egress, or all that share) × (a site, or all sites of a rule), as one name that stays the same as long
/// as that does. Egresses that do not share are told by their public id.
/// </summary>
public static class LimitKey
{
    /// <summary>
    /// <c>7~{site key}</c>, <c>7~rule~google</c>, <c>shared~rule~google</c>, <c>shared.1-9~{site key}</c>: at most 100 characters, all of which
    /// Table Storage takes in keys.
    /// </summary>
    /// <param name="rule">That holds for the site and the egress.</param>
    /// <param name="site">Where to.</param>
    /// <param name="publicId">The egress.</param>
    public static string Of(MxRule rule, Site site, int publicId)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(site);
        // Two rules for the same site and two ranges each have a limit of their own to share.
        var egress = !rule.Shared ? publicId.ToString(CultureInfo.InvariantCulture)
            : rule.PublicIds is { } range ? string.Create(CultureInfo.InvariantCulture, $"shared.{range.First}-{range.Last}")
            : "shared";
        return rule.Scope == LimitScope.Rule ? $"{egress}~rule~{rule.Id}" : $"{egress}~{site.Key}";
    }
}
