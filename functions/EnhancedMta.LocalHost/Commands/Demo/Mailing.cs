using System.Globalization;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>The demo's delivery: who gets a message, and what the sink's providers will do about each.</summary>
internal sealed class Mailing
{
    public const string SenderDomain = "hilltop-books.example";

    // The delivery-log ids of a real Campaign instance are numbers of about this size.
    private const long FirstId = 880_000_001;

    // Each is retried for 84 hours. They cost the demo most of its time, so there are a few of them, however many messages there are.
    private const int NeverEmptiedEvery = 50;
    private const int MostNeverEmptied = 4;

    private static readonly string[] FirstNames =
        ["Anna", "Bilal", "Chloé", "Dmitri", "Elif", "Femi", "Grace", "Hugo", "Ingrid", "João", "Kavya", "Lars", "Mei", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Sven", "Tomoko"];

    private static readonly string[] LastNames =
        ["adler", "bianchi", "costa", "dubois", "eriksen", "fischer", "garcia", "haddad", "ito", "jansen", "kowalski", "lopez", "moreau"];

    private readonly string[] _domains = [.. SinkProviders.All.SelectMany(provider => provider.Domains)];
    private int _neverEmptied;

    public Mailing(string deliveryId, int messages)
    {
        DeliveryId = deliveryId;
        Messages = [.. Enumerable.Range(0, messages).Select(Message)];
    }

    public string DeliveryId { get; }

    public IReadOnlyList<DemoMail> Messages { get; }

    /// <summary>Failed messages by Campaign's number of the reason.</summary>
    public IReadOnlyDictionary<int, int> ExpectedFailures =>
        Messages.Where(mail => mail.ExpectedReason is not null).CountBy(mail => mail.ExpectedReason!.Value).ToDictionary();

    public int ExpectedDelivered => Messages.Count(mail => mail.ExpectedReason is null);

    private DemoMail Message(int index)
    {
        var domain = _domains[index % _domains.Length];
        var provider = SinkProviders.All.First(persona => persona.Serves(domain));
        var firstName = FirstNames[index / _domains.Length % FirstNames.Length];
        var id = (FirstId + index).ToString(CultureInfo.InvariantCulture);
        var to = $"{LocalPart(index, provider, firstName)}@{domain}";
        return new(id, to, firstName, $"<{id}.{DeliveryId}@{SenderDomain}>", ExpectedReason(provider.RuleFor(to)));
    }

    private string LocalPart(int index, Persona provider, string firstName)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Plain(firstName)}.{LastNames[index % LastNames.Length]}{index}");
        var isNeverEmptied = provider.Rules.Any(rule => rule.Prefix == SinkProviders.NeverEmptied)
            && index / _domains.Length % NeverEmptiedEvery == NeverEmptiedEvery / 5 && _neverEmptied < MostNeverEmptied;
        if (!isNeverEmptied) return name;
        _neverEmptied++;
        return SinkProviders.NeverEmptied + name;
    }

    // Local parts stay ASCII: SMTPUTF8 is for tests, the demo shows an ordinary mailing.
    private static string Plain(string name) => string.Concat(name.Where(char.IsAscii)).ToLowerInvariant();

    // Only what is refused for ever fails, at once or when its validity ends.
    private static int? ExpectedReason(RecipientRule? rule) => rule is not { Tries: RecipientRule.ForEver } ? null : rule.Reply.Status switch
    {
        "5.1.1" => 1,
        "5.2.1" => 4,
        "5.2.2" => 5,
        "5.7.1" => 20,
        var status => throw new InvalidOperationException($"The demo does not know what {status} leads to."),
    };
}
