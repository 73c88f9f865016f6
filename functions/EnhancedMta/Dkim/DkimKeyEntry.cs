namespace EnhancedMta.Dkim;

/// <summary>A key as a source has it: usable, or not and why.</summary>
/// <param name="Domain">Lower case, A-labels.</param>
/// <param name="Selector">Where the public key is.</param>
/// <param name="Origin">For people: the file, the setting, the secret's name.</param>
/// <param name="Key">Null when it cannot be used.</param>
/// <param name="Fault">Why not; says nothing of the private part.</param>
internal sealed record DkimKeyEntry(string Domain, string Selector, string Origin, DkimKey? Key, string? Fault)
{
    public static DkimKeyEntry Good(DkimKey key, string origin) => new(key.Domain, key.Selector, origin, key, null);

    public static DkimKeyEntry Broken(string domain, string selector, string origin, string fault) =>
        new(domain, selector, origin, null, $"The key {DkimName.RecordName(domain, selector)} cannot be used: {origin} {fault}.");
}
