namespace EnhancedMta.Webhooks;

/// <summary>Addresses that may be a return path of ours.</summary>
internal static class ReturnPathList
{
    /// <param name="candidates">The surest first.</param>
    public static IReadOnlyList<string> Of(params IEnumerable<string?> candidates) =>
        [.. candidates.OfType<string>().Where(c => c.Contains('@', StringComparison.Ordinal)).Distinct(StringComparer.OrdinalIgnoreCase)];
}
