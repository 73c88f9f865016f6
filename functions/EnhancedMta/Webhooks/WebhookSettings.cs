using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Webhooks;

/// <summary>What proves who sent a webhook. A source without its setting is off.</summary>
public sealed class WebhookSettings
{
    internal const string SparkPostSetting = "EnhancedMta__Webhooks__sparkpost__Token";
    internal const string SendGridSetting = "EnhancedMta__Webhooks__sendgrid__PublicKey";
    internal const string SesSetting = "EnhancedMta__Webhooks__ses__TopicArns__0";
    internal const string MailgunSetting = "EnhancedMta__Webhooks__mailgun__SigningKey__0";
    internal const string PostmarkSetting = "EnhancedMta__Webhooks__postmark__Token";
    internal const string AcsSetting = "EnhancedMta__Webhooks__acs__Token";

    private const int LeastSecret = 16;

    public static WebhookSettings None { get; } = new();

    public RepeatedSecrets? SparkPost { get; init; }

    /// <summary>DER of a P-256 key's SubjectPublicKeyInfo.</summary>
    public byte[]? SendGridKey { get; init; }

    public IReadOnlyList<string> SesTopics { get; init; } = [];

    /// <summary>Any of them proves: two are valid while one replaces the other.</summary>
    public IReadOnlyList<byte[]> MailgunKeys { get; init; } = [];

    public RepeatedSecrets? Postmark { get; init; }

    public SharedSecret? Acs { get; init; }

    /// <param name="section"><c>EnhancedMta:Webhooks</c>; may be missing.</param>
    /// <param name="faults">Gets one line for each setting that cannot be used. No line holds a value that is secret.</param>
    public static WebhookSettings Read(IConfigurationSection section, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(faults);
        foreach (var unknown in section.GetChildren().Where(s => !WebhookReceiver.Sources.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
            faults.Add($"{Setting(unknown)}: there is no such source; there are {string.Join(", ", WebhookReceiver.Sources)}.");
        return new WebhookSettings
        {
            SparkPost = Secrets(section.GetSection("sparkpost"), faults),
            SendGridKey = PublicKey(section.GetSection("sendgrid:PublicKey"), faults),
            SesTopics = Topics(section.GetSection("ses:TopicArns"), faults),
            MailgunKeys = [.. Values(section.GetSection("mailgun:SigningKey")).Where(s => IsLong(s, faults)).Select(s => Encoding.UTF8.GetBytes(s.Value!))],
            Postmark = Secrets(section.GetSection("postmark"), faults),
            Acs = Secret(section.GetSection("acs:Token"), faults),
        };
    }

    private static RepeatedSecrets? Secrets(IConfigurationSection section, ICollection<string> faults)
    {
        var (user, password) = (section.GetSection("User"), section.GetSection("Password"));
        var token = Secret(section.GetSection("Token"), faults);
        SharedSecret? basic = null;
        if (string.IsNullOrEmpty(user.Value) != string.IsNullOrEmpty(password.Value))
            faults.Add($"{Setting(section)}: set both User and Password, or neither.");
        else if (user.Value?.Contains(':', StringComparison.Ordinal) == true)
            faults.Add($"{Setting(user)}: must not contain a colon (RFC 7617 §2).");
        else if (!string.IsNullOrEmpty(password.Value) && IsLong(password, faults))
            basic = new SharedSecret($"{user.Value}:{password.Value}");
        return basic is null && token is null ? null : new RepeatedSecrets(basic, token);
    }

    private static SharedSecret? Secret(IConfigurationSection section, ICollection<string> faults) =>
        !string.IsNullOrEmpty(section.Value) && IsLong(section, faults) ? new SharedSecret(section.Value) : null;

    private static bool IsLong(IConfigurationSection section, ICollection<string> faults)
    {
        if (section.Value!.Length >= LeastSecret)
            return true;
        faults.Add($"{Setting(section)}: must have at least {LeastSecret} characters.");
        return false;
    }

    private static byte[]? PublicKey(IConfigurationSection section, ICollection<string> faults)
    {
        if (string.IsNullOrEmpty(section.Value))
            return null;
        try
        {
            var key = Convert.FromBase64String(section.Value);
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(key, out var read);
            if (read == key.Length && ecdsa.KeySize == 256)
                return key;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
        }
        faults.Add($"{Setting(section)}: must be the verification key as SendGrid shows it, base64 of a P-256 public key.");
        return null;
    }

    private static List<string> Topics(IConfigurationSection section, ICollection<string> faults)
    {
        var topics = new List<string>();
        foreach (var topic in Values(section))
        {
            if (topic.Value!.Split(':') is ["arn", _, "sns", _, _, { Length: > 0 }])
                topics.Add(topic.Value);
            else
                faults.Add($"{Setting(topic)}: '{topic.Value}' must be a topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:bounces.");
        }
        return topics;
    }

    // One value, or a list.
    private static IEnumerable<IConfigurationSection> Values(IConfigurationSection section) =>
        (section.Value is null ? section.GetChildren() : [section]).Where(s => !string.IsNullOrEmpty(s.Value));

    private static string Setting(IConfigurationSection section) => section.Path.Replace(":", "__", StringComparison.Ordinal);
}

/// <summary>Secrets of a provider that repeats one in each request: either proves.</summary>
/// <param name="Basic"><c>user:password</c>.</param>
/// <param name="Token">For a header.</param>
public sealed record RepeatedSecrets(SharedSecret? Basic, SharedSecret? Token)
{
    /// <param name="request">What came.</param>
    /// <param name="tokenHeader">Beside <c>Authorization: Bearer</c>.</param>
    internal bool Prove(WebhookRequest request, string tokenHeader) =>
        (Basic is not null && BasicAuthentication.Proves(request, Basic)) || (Token is not null && TokenAuthentication.Proves(request, Token, tokenHeader));
}
