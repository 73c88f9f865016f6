using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Egresses;

/// <summary>Reads the egresses of the settings: the list <c>EnhancedMta__Egresses</c>, or the one that PublicId, HeloHost and BindAddress make.</summary>
public static class EgressSettings
{
    private static readonly (string Single, string Listed)[] SingleNames = [("PublicId", "PublicId"), ("BindAddress", "Address")];

    /// <param name="mta"><c>EnhancedMta</c>.</param>
    /// <param name="faults">Gets one line for each setting that cannot be used. No line holds a password.</param>
    /// <returns>At least one.</returns>
    public static IReadOnlyList<Egress> Read(IConfigurationSection mta, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(mta);
        ArgumentNullException.ThrowIfNull(faults);
        var heloHost = mta["HeloHost"] is { Length: > 0 } host ? host : null;
        IConfigurationSection[] entries = [.. mta.GetSection("Egresses").GetChildren()];
        if (entries.Length == 0)
            return [ReadOnly(mta, heloHost, faults)];

        foreach (var (single, listed) in SingleNames.Where(name => mta[name.Single] is { Length: > 0 }))
            faults.Add($"EnhancedMta__{single}: is for a single egress; give it as {EgressEntry.Name(entries[0])}__{listed}.");
        var egresses = new List<Egress>();
        foreach (var entry in entries)
        {
            var egress = ReadOne(entry, heloHost, faults);
            if (egress.PublicId > 0 && egresses.Find(e => e.PublicId == egress.PublicId) is not null)
                faults.Add($"{EgressEntry.Name(entry)}__PublicId: {egress.PublicId} is given twice.");
            egresses.Add(egress);
        }
        return egresses;
    }

    /// <summary>One egress of its own section.</summary>
    /// <param name="section">Has PublicId, Kind and what the kind needs.</param>
    /// <param name="heloHost">Unless the section has one.</param>
    /// <param name="faults">As for <see cref="Read"/>.</param>
    public static Egress ReadOne(IConfigurationSection section, string? heloHost, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(faults);
        return new EgressEntry(section, faults).Read(heloHost);
    }

    // Whoever has but one IP and does not say that it is new sends from it already.
    private static Egress ReadOnly(IConfigurationSection mta, string? heloHost, ICollection<string> faults)
    {
        var entry = new EgressEntry(mta, faults);
        return new Egress(entry.Number("PublicId", 1, int.MaxValue, 1), heloHost ?? System.Net.Dns.GetHostName(), entry.Address("BindAddress")) { DeclaredWarm = true };
    }
}
