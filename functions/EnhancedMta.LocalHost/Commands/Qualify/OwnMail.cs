using EnhancedMta.Bounces;
using EnhancedMta.LocalHost.Settings;
using EnhancedMta.ReturnPaths;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>Knows our own messages again, with the keys of <c>local.settings.json</c>. Without them nothing is known again.</summary>
internal sealed class OwnMail(ReturnPathCodec? returnPaths, IReadOnlyList<string> senderDomains)
{
    public static OwnMail Load()
    {
        try
        {
            return Of(LocalSettings.Load().Configuration.GetSection("EnhancedMta"));
        }
        catch (FormatException)
        {
            return new OwnMail(null, []);
        }
    }

    public static OwnMail Of(IConfigurationSection settings)
    {
        var domains = settings.GetSection("Dkim").GetChildren().Select(s => s["Domain"]).OfType<string>().Where(d => d.Length > 0).ToList();
        try
        {
            var keys = settings.GetSection("ReturnPathKeys").GetChildren().Select(k => Convert.FromBase64String(k.Value ?? "")).ToList();
            return new OwnMail(settings["ReturnPathDomain"] is { Length: > 0 } domain ? new ReturnPathCodec(keys, domain) : null, domains);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return new OwnMail(null, domains);
        }
    }

    public (string? DeliveryId, string? MessageId) IdsOf(BounceMail mail) => ReportedIds.Of(mail, returnPaths, senderDomains);
}
