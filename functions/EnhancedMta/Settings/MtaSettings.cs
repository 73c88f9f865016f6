using System.Globalization;
using System.Net;
using EnhancedMta.Addresses;
using EnhancedMta.Batches;
using EnhancedMta.Dkim;
using EnhancedMta.Egresses;
using EnhancedMta.Feedback.Push;
using EnhancedMta.Http.Access;
using EnhancedMta.Ingestion.Admission;
using EnhancedMta.Modes;
using EnhancedMta.Retention;
using EnhancedMta.Sites;
using EnhancedMta.Storage;
using EnhancedMta.TlsReports;
using EnhancedMta.WarmUp;
using EnhancedMta.Webhooks;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Settings;

/// <summary>The app settings, read and checked once at start.</summary>
public sealed record MtaSettings
{
    public required StorageAccountOptions Storage { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<Egress> Egresses { get; init; }

    /// <summary>Where all goes in the native mode.</summary>
    public NativeMta Native { get; init; } = new(Egress: null);

    /// <summary>Of cold egresses.</summary>
    public WarmUpSchedule WarmUp { get; init; } = WarmUpSchedule.BuiltIn;

    /// <summary>Where bounces come back to: the domain of every envelope sender.</summary>
    public required string ReturnPathDomain { get; init; }

    /// <summary>The first signs return paths, all verify them.</summary>
    public required IReadOnlyList<byte[]> ReturnPathKeys { get; init; }

    public required MxRoutes Routes { get; init; }

    public required DnsOptions Dns { get; init; }

    public required BatchOptions Batches { get; init; }

    public DkimSettings Dkim { get; init; } = DkimSettings.None;

    /// <summary>Reports about TLS to domains that want them.</summary>
    public TlsReportOptions TlsReports { get; init; } = TlsReportOptions.None;

    /// <summary>Where feedback is pushed to.</summary>
    public FeedbackSettings Feedback { get; init; } = FeedbackSettings.None;

    /// <summary>What proves who sent a webhook.</summary>
    public WebhookSettings Webhooks { get; init; } = WebhookSettings.None;

    public RetentionOptions Retention { get; init; } = new();

    /// <summary>Who gets a copy of each message: Campaign's <c>EMTA_BCC_ADDRESS</c>. Null for nobody.</summary>
    public EmailAddress? BccAddress { get; init; }

    /// <summary>What opens the HTTP functions.</summary>
    public AccessKeys HttpKeys { get; init; } = AccessKeys.None;

    /// <summary>From where on relay requests are refused.</summary>
    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>Of requests with one key.</summary>
    public RequestRates Rates { get; init; } = RequestRates.Default;

    /// <summary>File of a user's bounce rules; null for the blob of the storage account.</summary>
    public string? BounceRulesFile { get; init; }

    /// <summary>File of a user's MX rules; null for the blob of the storage account.</summary>
    public string? MxRulesFile { get; init; }

    /// <exception cref="SettingsException">Something is missing or wrong; its message has one line for each fault.</exception>
    public static MtaSettings Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var faults = new List<string>();
        var mta = configuration.GetSection("EnhancedMta");
        var settings = new MtaSettings
        {
            Storage = ReadStorage(configuration, faults),
            Egresses = EgressSettings.Read(mta, faults),
            Native = new NativeMta(EgressSettings.ReadNative(mta, faults)),
            WarmUp = WarmUpSchedule.Read(mta["WarmUpFile"], faults),
            ReturnPathDomain = Required(mta, "ReturnPathDomain", "the domain that bounces come back to, such as bounces.example.com", faults),
            ReturnPathKeys = Keys(mta, faults),
            Routes = ReadRoutes(mta, faults),
            Dns = new DnsOptions
            {
                NameServers = [.. mta.GetSection("NameServers").GetChildren().Select(s => EndPoint(s, faults))],
                AllowPrivateAddresses = Flag(mta, "AllowPrivateMx", faults),
                IsTrusted = ReadTrust(mta, faults),
            },
            TlsReports = ReadTlsReports(mta.GetSection("TlsReports"), faults),
            Feedback = FeedbackSettings.Read(mta.GetSection("Feedback"), faults),
            Webhooks = WebhookSettings.Read(mta.GetSection("Webhooks"), faults),
            HttpKeys = AccessKeys.Read(mta.GetSection("Keys"), faults),
            Rates = RequestRates.Read(mta.GetSection("RequestsPerSecond"), faults),
            Batches = new BatchOptions
            {
                ClaimLifetime = Duration(mta, "Batches:ClaimLifetime", new BatchOptions().ClaimLifetime, faults),
                LeaseLifetime = Duration(mta, "Batches:LeaseLifetime", new BatchOptions().LeaseLifetime, faults),
                GuardDelay = Duration(mta, "Batches:GuardDelay", new BatchOptions().GuardDelay, faults),
                RunTime = Duration(mta, "Batches:RunTime", new BatchOptions().RunTime, faults),
                InFlight = Number(mta, "Batches:InFlight", new BatchOptions().InFlight, 1, Batch.MaxMessages, faults),
            },
            Admission = new AdmissionOptions
            {
                MarketingWait = Duration(mta, "Admission:MarketingWait", new AdmissionOptions().MarketingWait, faults),
                TransactionalWait = Duration(mta, "Admission:TransactionalWait", new AdmissionOptions().TransactionalWait, faults),
                MemoryPercent = Number(mta, "Admission:MemoryPercent", new AdmissionOptions().MemoryPercent, 10, 95, faults),
            },
            Retention = new RetentionOptions
            {
                Log = Days(mta, "Retention:LogDays", new RetentionOptions().Log, RetentionOptions.LeastDays, faults),
                Feed = Days(mta, "Retention:FeedDays", new RetentionOptions().Feed, RetentionOptions.LeastDays, faults),
                Content = Days(mta, "Retention:ContentDays", new RetentionOptions().Content, RetentionOptions.LeastDays, faults),
                State = Days(mta, "Retention:StateDays", new RetentionOptions().State, RetentionOptions.LeastDays, faults),
                Requests = Days(mta, "Retention:RequestDays", new RetentionOptions().Requests, 1, faults),
            },
            BccAddress = ReadBcc(mta, faults),
            BounceRulesFile = mta["BounceRulesFile"] is { Length: > 0 } rules ? rules : null,
            MxRulesFile = mta["MxRulesFile"] is { Length: > 0 } mxRules ? mxRules : null,
            Dkim = DkimSettings.Read(mta.GetSection("Dkim"), faults),
        };
        VaultReferences.Check(configuration, faults);
        return faults.Count == 0 ? settings : throw new SettingsException(faults);
    }

    private static StorageAccountOptions ReadStorage(IConfiguration configuration, List<string> faults)
    {
        // The names that the Functions host reads itself for identity-based connections.
        const string Name = "AzureWebJobsStorage";
        if (configuration[Name] is { Length: > 0 } connection)
            return new StorageAccountOptions { ConnectionString = connection };
        if (configuration[$"{Name}:accountName"] is { Length: > 0 } account)
        {
            Uri Service(string kind) => new($"https://{account}.{kind}.core.windows.net");
            return new StorageAccountOptions { TableServiceUri = Service("table"), QueueServiceUri = Service("queue"), BlobServiceUri = Service("blob") };
        }

        Uri? At(string kind)
        {
            if (Uri.TryCreate(configuration[$"{Name}:{kind}ServiceUri"], UriKind.Absolute, out var uri))
                return uri;
            faults.Add($"{Name}: neither a connection string nor {Name}__{kind}ServiceUri is set.");
            return null;
        }

        return new StorageAccountOptions { TableServiceUri = At("table"), QueueServiceUri = At("queue"), BlobServiceUri = At("blob") };
    }

    // The system's servers may be anybody's: whoever trusts some names them.
    private static bool ReadTrust(IConfigurationSection mta, List<string> faults)
    {
        var isTrusted = Flag(mta, "TrustedResolver", faults);
        if (isTrusted && !mta.GetSection("NameServers").GetChildren().Any())
            faults.Add("EnhancedMta__TrustedResolver: needs EnhancedMta__NameServers__0: the validating resolver, on this host or in a network of yours.");
        return isTrusted;
    }

    private static EmailAddress? ReadBcc(IConfigurationSection mta, List<string> faults)
    {
        if (mta["BccAddress"] is not { Length: > 0 } text)
            return null;
        if (EmailAddress.TryParse(text, out var address, out var error))
            return address;
        faults.Add($"EnhancedMta__BccAddress: {error}");
        return null;
    }

    private static TlsReportOptions ReadTlsReports(IConfigurationSection section, List<string> faults)
    {
        if (section["From"] is not { Length: > 0 } from)
            return TlsReportOptions.None;
        if (!EmailAddress.TryParse(from, out var address, out var error))
        {
            faults.Add($"{Setting(section)}__From: {error}");
            return TlsReportOptions.None;
        }
        return new TlsReportOptions(address.ToString(), section["Organization"] is { Length: > 0 } organization ? organization : address.Domain);
    }

    private static MxRoutes ReadRoutes(IConfigurationSection mta, List<string> faults)
    {
        try
        {
            return MxRoutes.Parse(mta.GetSection("Routes").GetChildren().Select(r => KeyValuePair.Create(r.Key, r.Value ?? "")));
        }
        catch (FormatException e)
        {
            faults.Add($"EnhancedMta__Routes: {e.Message}");
            return MxRoutes.None;
        }
    }

    private static List<byte[]> Keys(IConfigurationSection mta, List<string> faults)
    {
        var keys = new List<byte[]>();
        foreach (var key in mta.GetSection("ReturnPathKeys").GetChildren())
        {
            var bytes = new byte[(key.Value?.Length ?? 0) + 1];
            if (Convert.TryFromBase64String(key.Value ?? "", bytes, out var length) && length >= 16)
                keys.Add(bytes[..length]);
            else
                faults.Add($"{Setting(key)}: must be base64 of at least 16 random octets; make one with: openssl rand -base64 32");
        }

        if (keys.Count == 0 && faults.TrueForAll(f => !f.Contains("ReturnPathKeys", StringComparison.Ordinal)))
            faults.Add("EnhancedMta__ReturnPathKeys__0: is missing; it signs return paths so that bounces cannot be forged. Make one with: openssl rand -base64 32");
        return keys;
    }

    private static string Required(IConfigurationSection section, string name, string what, List<string> faults)
    {
        if (section[name] is { Length: > 0 } value)
            return value;
        faults.Add($"{Setting(section)}__{name}: is missing; it is {what}.");
        return "";
    }

    private static int Number(IConfigurationSection section, string name, int usual, int least, int most, List<string> faults)
    {
        if (section[name] is not { Length: > 0 } text)
            return usual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        faults.Add(string.Create(CultureInfo.InvariantCulture, $"{Setting(section)}__{Underscored(name)}: '{text}' must be a whole number from {least} to {most}."));
        return usual;
    }

    private static TimeSpan Days(IConfigurationSection section, string name, TimeSpan usual, int least, List<string> faults) =>
        TimeSpan.FromDays(Number(section, name, (int)usual.TotalDays, least, 3_650, faults));

    private static TimeSpan Duration(IConfigurationSection section, string name, TimeSpan usual, List<string> faults)
    {
        if (section[name] is not { Length: > 0 } text)
            return usual;
        if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var duration) && duration > TimeSpan.Zero)
            return duration;
        faults.Add($"{Setting(section)}__{Underscored(name)}: '{text}' must be a duration such as 00:01:00.");
        return usual;
    }

    private static bool Flag(IConfigurationSection section, string name, List<string> faults)
    {
        if (section[name] is not { Length: > 0 } text)
            return false;
        if (bool.TryParse(text, out var flag))
            return flag;
        faults.Add($"{Setting(section)}__{name}: '{text}' must be true or false.");
        return false;
    }

    private static IPEndPoint EndPoint(IConfigurationSection section, List<string> faults)
    {
        if (IPEndPoint.TryParse(section.Value ?? "", out var endPoint))
            return endPoint.Port == 0 ? new IPEndPoint(endPoint.Address, 53) : endPoint;
        faults.Add($"{Setting(section)}: '{section.Value}' must be an address, with :port when it is not 53.");
        return new IPEndPoint(IPAddress.Loopback, 53);
    }

    private static string Setting(IConfigurationSection section) => Underscored(section.Path);

    private static string Underscored(string path) => path.Replace(":", "__", StringComparison.Ordinal);
}

/// <summary>Settings that cannot be used, one line for each fault.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults) : InvalidOperationException("The settings cannot be used:" + string.Concat(faults.Select(f => "\n  " + f)))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
