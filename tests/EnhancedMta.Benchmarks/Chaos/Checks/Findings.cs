namespace EnhancedMta.Benchmarks.Chaos.Checks;

/// <summary>What is not as it must be: of each kind a few, and how many more.</summary>
internal sealed class Findings
{
    private const int Shown = 5;

    private readonly Dictionary<string, (int Count, List<string> Shown)> _kinds = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Lines =>
        [.. _kinds.Select(kind => $"{kind.Key} ({kind.Value.Count}): {string.Join("; ", kind.Value.Shown)}{(kind.Value.Count > kind.Value.Shown.Count ? "; …" : "")}")];

    public void Add(string kind, string which)
    {
        var (count, shown) = _kinds.GetValueOrDefault(kind, (0, []));
        if (shown.Count < Shown)
            shown.Add(which);
        _kinds[kind] = (count + 1, shown);
    }
}
