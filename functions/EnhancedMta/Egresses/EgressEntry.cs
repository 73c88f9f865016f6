using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EnhancedMta.Sites;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Egresses;

/// <summary>Reads the settings of one egress.</summary>
internal sealed class EgressEntry(IConfigurationSection section, ICollection<string> faults)
{
    private const string Direct = "direct";
    private const string Socks5 = "socks5";
    private const string Smarthost = "smarthost";

    private const int SocksPort = 1080; // RFC 1928 §3
    private const int SubmissionPort = 587; // RFC 6409 §3.1
    private const int ImplicitTlsPort = 465; // RFC 8314 §3.3
    private const int MaxSocksOctets = 255; // RFC 1929 §2

    // Names, and the kinds that they are for.
    private static readonly (string Name, string[] Kinds)[] Known =
    [
        ("PublicId", [Direct, Socks5, Smarthost]),
        ("Kind", [Direct, Socks5, Smarthost]),
        ("HeloHost", [Direct, Socks5, Smarthost]),
        ("Weight", [Direct, Socks5, Smarthost]),
        ("IncludeDomains", [Direct, Socks5, Smarthost]),
        ("ExcludeDomains", [Direct, Socks5, Smarthost]),
        ("Address", [Direct, Socks5]),
        ("DeclaredWarm", [Direct, Socks5]),
        ("Proxy", [Socks5]),
        ("Smarthost", [Smarthost]),
        ("UserName", [Socks5, Smarthost]),
        ("Password", [Socks5, Smarthost]),
        ("Authority", [Smarthost]),
        ("AuthorityFile", [Smarthost]),
    ];

    public static string Name(IConfigurationSection section) => section.Path.Replace(":", "__", StringComparison.Ordinal);

    public Egress Read(string? heloHost)
    {
        var text = section["Kind"] is { Length: > 0 } given ? given : Direct;
        var kind = text.ToLowerInvariant();
        if (kind is not (Direct or Socks5 or Smarthost))
        {
            Fault("Kind", $"'{text}' must be {Direct}, {Socks5} or {Smarthost}.");
            kind = Direct;
        }
        else
        {
            CheckNames(kind);
        }
        return new Egress(Number("PublicId", 1, int.MaxValue, null), HeloHost(heloHost), kind == Smarthost ? null : Address("Address", kind == Socks5))
        {
            Kind = kind switch { Socks5 => ReadSocks5(), Smarthost => ReadSmarthost(), _ => EgressKind.Direct.Instance },
            Weight = Number("Weight", 1, 1_000, 1),
            IncludeDomains = Masks("IncludeDomains"),
            ExcludeDomains = Masks("ExcludeDomains"),
            DeclaredWarm = Flag("DeclaredWarm"),
        };
    }

    /// <summary>A whole number; <paramref name="usual"/> when it is not set, or a fault when there is no usual one.</summary>
    public int Number(string name, int least, int most, int? usual)
    {
        if (section[name] is { Length: > 0 } text)
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            Fault(name, string.Create(CultureInfo.InvariantCulture, $"'{text}' must be a whole number from {least} to {most}."));
        }
        else if (usual is null)
        {
            Fault(name, "is missing; it is Campaign's number of the sending IP.");
        }
        return usual ?? 0;
    }

    public IPAddress? Address(string name, bool isNeeded = false)
    {
        if (section[name] is { Length: > 0 } text)
        {
            if (IPAddress.TryParse(text, out var address))
                return address;
            Fault(name, $"'{text}' must be an IP address.");
        }
        else if (isNeeded)
        {
            Fault(name, "is missing; it is the address that the proxy sends from.");
        }
        return null;
    }

    private void CheckNames(string kind)
    {
        foreach (var child in section.GetChildren())
        {
            var known = Array.Find(Known, k => k.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (known.Name is null)
                Fault(child.Key, $"there is no such setting; there are {string.Join(", ", Known.Select(k => k.Name))}.");
            else if (!known.Kinds.Contains(kind) && child.Value is { Length: > 0 })
                Fault(known.Name, $"is for kind {string.Join(" or ", known.Kinds)}, and this is {kind}.");
        }
    }

    private string HeloHost(string? usual)
    {
        var name = section["HeloHost"] is { Length: > 0 } own ? own : usual;
        if (name is null)
            Fault("HeloHost", "is missing; it is the host name that resolves to the sending IP.");
        else if (Uri.CheckHostName(name) is not UriHostNameType.Dns)
            Fault("HeloHost", $"'{name}' must be a host name.");
        return name ?? "";
    }

    private EgressKind.Socks5 ReadSocks5()
    {
        var credentials = Credentials();
        if (credentials is not null && (Encoding.UTF8.GetByteCount(credentials.UserName) > MaxSocksOctets || Encoding.UTF8.GetByteCount(credentials.Password) > MaxSocksOctets))
            Fault("UserName", $"has at most {MaxSocksOctets} octets, as has Password (RFC 1929 §2).");
        return new EgressKind.Socks5(Host("Proxy", SocksPort), credentials);
    }

    private EgressKind.Smarthost ReadSmarthost()
    {
        var host = Host("Smarthost", SubmissionPort);
        if (host.Port == ImplicitTlsPort)
            Fault("Smarthost", $"port {ImplicitTlsPort} speaks TLS from the start; name a port with STARTTLS, such as {SubmissionPort}.");
        return new EgressKind.Smarthost(Site.Of([host]), Credentials(), Authorities());
    }

    private MxHost Host(string name, int port)
    {
        if (section[name] is not { Length: > 0 } text)
            Fault(name, "is missing; it is host:port.");
        else if (MxRoutes.ReadHost(text, 0, port) is { } host)
            return host;
        else
            Fault(name, $"'{text}' is not host[:port], with an IPv6 address in brackets.");
        return new MxHost("localhost", 0, port) { IsRouted = true };
    }

    private EgressCredentials? Credentials()
    {
        var (user, password) = (section["UserName"], section["Password"]);
        if (string.IsNullOrEmpty(user) != string.IsNullOrEmpty(password))
            Fault(string.IsNullOrEmpty(user) ? "UserName" : "Password", "is missing; set both UserName and Password, or neither.");
        return string.IsNullOrEmpty(user) || string.IsNullOrEmpty(password) ? null : new EgressCredentials(user, password);
    }

    private X509Certificate2Collection? Authorities()
    {
        var (pem, file) = (section["Authority"], section["AuthorityFile"]);
        if (string.IsNullOrEmpty(pem) && string.IsNullOrEmpty(file))
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            if (string.IsNullOrEmpty(file))
                // Environment variables often carry a PEM text's line ends as \n.
                authorities.ImportFromPem(pem!.Replace("\\n", "\n", StringComparison.Ordinal));
            else if (string.IsNullOrEmpty(pem))
                authorities.ImportFromPemFile(file);
            else
                Fault("Authority", "set one of Authority (PEM text) and AuthorityFile.");
            if (authorities.Count == 0)
                Fault(string.IsNullOrEmpty(file) ? "Authority" : "AuthorityFile", "has no certificate; it must be PEM, BEGIN CERTIFICATE.");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            Fault(string.IsNullOrEmpty(file) ? "Authority" : "AuthorityFile", $"cannot be read: {e.Message}");
        }
        return authorities;
    }

    private DomainMasks Masks(string name)
    {
        try
        {
            return DomainMasks.Parse(section[name] ?? "");
        }
        catch (FormatException e)
        {
            Fault(name, $"{e.Message}.");
            return DomainMasks.None;
        }
    }

    private bool Flag(string name)
    {
        if (section[name] is not { Length: > 0 } text)
            return false;
        if (bool.TryParse(text, out var flag))
            return flag;
        Fault(name, $"'{text}' must be true or false.");
        return false;
    }

    private void Fault(string name, string fault) => faults.Add($"{Name(section)}__{name}: {fault}");
}
