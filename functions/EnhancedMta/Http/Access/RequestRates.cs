using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Http.Access;

/// <summary>
/// How many requests a second one key may make of the functions of a role, in one instance; ten seconds' worth at once. Against whom runs
/// wild, not to shape traffic: a relay request holds up to 50,000 messages.
/// </summary>
/// <param name="OfRead">Each role's, as <c>EnhancedMta__RequestsPerSecond__Read</c> and so on.</param>
/// <param name="OfIngest">Single transactional messages come here, one a request.</param>
/// <param name="OfBounces">Providers send events in batches.</param>
/// <param name="OfAdmin">People, and scripts of theirs.</param>
public sealed record RequestRates(int OfRead = 50, int OfIngest = 1000, int OfBounces = 200, int OfAdmin = 20)
{
    private const int Most = 100_000;

    public static RequestRates Default { get; } = new();

    public int this[Role role] => role switch
    {
        Role.Read => OfRead,
        Role.Ingest => OfIngest,
        Role.Bounces => OfBounces,
        _ => OfAdmin,
    };

    /// <param name="section"><c>EnhancedMta:RequestsPerSecond</c>.</param>
    /// <param name="faults">Gets one line for each fault.</param>
    public static RequestRates Read(IConfigurationSection section, List<string> faults)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(faults);
        int Rate(Role role)
        {
            if (section[$"{role}"] is not { Length: > 0 } text)
                return Default[role];
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= Most)
                return rate;
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"EnhancedMta__RequestsPerSecond__{role}: '{text}' must be a whole number from 1 to {Most}."));
            return Default[role];
        }

        return new RequestRates(Rate(Role.Read), Rate(Role.Ingest), Rate(Role.Bounces), Rate(Role.Admin));
    }
}
