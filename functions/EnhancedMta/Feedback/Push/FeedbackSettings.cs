using EnhancedMta.StrangerUrls;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Feedback.Push;

/// <summary>Where feedback is pushed to, and how it proves to be ours.</summary>
public sealed record FeedbackSettings
{
    private const int LeastSecret = 32;
    private const int MaxKeys = 2;

    public static FeedbackSettings None { get; } = new();

    /// <summary>Of all deliveries that name none of their own; null for no push of theirs.</summary>
    public FeedbackEndpoint? Endpoint { get; init; }

    /// <summary>All sign, so that a receiver may know the old one or the new one while they change. Without any there is no push.</summary>
    public IReadOnlyList<FeedbackKey> Keys { get; init; } = [];

    /// <summary>Hosts that may be anywhere, and be reached without TLS: a Campaign in one's own network, laboratories.</summary>
    public TrustedHosts Trusted { get; init; } = TrustedHosts.None;

    /// <summary>Why an endpoint cannot be used, after the name of the field; null when it can.</summary>
    public string? Refusal(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Keys.Count == 0 ? "cannot be used: there is no key to sign with; set EnhancedMta__Feedback__Keys__0__Id and __Secret."
            : StrangerUrl.TryParse(url.OriginalString, Trusted, out _, out var error) ? null
            : $"{error}, unless EnhancedMta__Feedback__TrustedHosts names its host.";
    }

    /// <param name="section"><c>EnhancedMta:Feedback</c>; may be missing.</param>
    /// <param name="faults">Gets one line for each setting that cannot be used. No line holds a secret.</param>
    public static FeedbackSettings Read(IConfigurationSection section, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(faults);
        var settings = new FeedbackSettings { Trusted = ReadTrusted(section.GetSection("TrustedHosts"), faults), Keys = ReadKeys(section.GetSection("Keys"), faults) };
        if (section["Url"] is not { Length: > 0 } text)
            return settings;
        // The URL itself may hold a secret.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            faults.Add($"{Setting(section)}__Url: must be an absolute URL.");
        else if (settings.Refusal(url) is { } refusal)
            faults.Add($"{Setting(section)}__Url: {refusal}");
        else
            settings = settings with { Endpoint = new FeedbackEndpoint(url) };
        return settings;
    }

    private static TrustedHosts ReadTrusted(IConfigurationSection section, ICollection<string> faults)
    {
        try
        {
            return TrustedHosts.Of(section.GetChildren().Select(host => host.Value).OfType<string>());
        }
        catch (FormatException e)
        {
            faults.Add($"{Setting(section)}: {e.Message}");
            return TrustedHosts.None;
        }
    }

    private static List<FeedbackKey> ReadKeys(IConfigurationSection section, ICollection<string> faults)
    {
        var keys = new List<FeedbackKey>();
        foreach (var key in section.GetChildren())
        {
            var secret = new byte[(key["Secret"]?.Length ?? 0) + 1];
            if (key["Id"] is not { } id || !FeedbackKey.IsId(id))
                faults.Add($"{Setting(key)}__Id: must have 1 to 32 letters, digits, '-' or '_'; the receiver tells keys apart by it.");
            else if (keys.Any(k => k.Id == id))
                faults.Add($"{Setting(key)}__Id: '{id}' is the id of an earlier key.");
            else if (!Convert.TryFromBase64String(key["Secret"] ?? "", secret, out var length) || length < LeastSecret)
                faults.Add($"{Setting(key)}__Secret: must be base64 of at least {LeastSecret} random octets; make one with: openssl rand -base64 {LeastSecret}");
            else
                keys.Add(new FeedbackKey(id, secret[..length]));
        }

        if (keys.Count > MaxKeys)
            faults.Add($"{Setting(section)}: at most {MaxKeys} keys sign: the one in use, and the one that follows it.");
        return keys;
    }

    private static string Setting(IConfigurationSection section) => section.Path.Replace(":", "__", StringComparison.Ordinal);
}

/// <param name="Id">Tells the receiver which of its keys to verify with.</param>
/// <param name="Secret">Shared with the receiver.</param>
public sealed record FeedbackKey(string Id, byte[] Secret)
{
    private const int MaxId = 32;

    public static bool IsId(string id) => id.Length is > 0 and <= MaxId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Secrets are not for logs.</summary>
    public override string ToString() => Id;
}
