using System.Globalization;
using System.Security.Cryptography;
using EnhancedMta.LocalHost.SmartSink;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>App settings with which no mail can leave the machine: every recipient domain is routed to the sink.</summary>
internal static class DemoSettings
{
    public static IConfiguration For(DemoStorage storage, SmtpSinkServer sink, FeedbackDesk feedback, IEnumerable<KeyValuePair<string, string?>> more)
    {
        using var key = RSA.Create(2048);
        var values = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["RetrySchedule"] = "*/15 * * * * *",
            ["SweepSchedule"] = "30 * * * * *",
            ["EnhancedMta:HeloHost"] = $"mta.{Mailing.SenderDomain}",
            ["EnhancedMta:ReturnPathDomain"] = $"bounces.{Mailing.SenderDomain}",
            ["EnhancedMta:ReturnPathKeys:0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta:Dkim:0:Domain"] = Mailing.SenderDomain,
            ["EnhancedMta:Dkim:0:Selector"] = "demo",
            ["EnhancedMta:Dkim:0:PrivateKey"] = key.ExportPkcs8PrivateKeyPem(),
            ["EnhancedMta:Feedback:Url"] = feedback.Url.ToString(),
            ["EnhancedMta:Feedback:Keys:0:Id"] = FeedbackDesk.KeyId,
            ["EnhancedMta:Feedback:Keys:0:Secret"] = feedback.Secret,
            ["EnhancedMta:Feedback:TrustedHosts:0"] = feedback.Url.Host,
            // Whatever has no route would be looked up here, where nobody answers.
            ["EnhancedMta:NameServers:0"] = "127.0.0.1:9",
        };
        foreach (var domain in SinkProviders.All.SelectMany(provider => provider.Domains))
            values[$"EnhancedMta:Routes:{domain}"] = string.Create(CultureInfo.InvariantCulture, $"{sink.EndPointOf(domain)}");
        return new ConfigurationBuilder().AddInMemoryCollection(values).AddInMemoryCollection(more).Build();
    }
}
