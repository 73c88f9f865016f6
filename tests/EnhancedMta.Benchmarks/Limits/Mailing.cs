using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary>A delivery of the scene.</summary>
/// <param name="Id">Of the delivery.</param>
/// <param name="IsTransactional">Its lane.</param>
/// <param name="Recipients">How many at each site.</param>
internal sealed record Mailing(string Id, bool IsTransactional, IReadOnlyList<(LimitedSite Site, int Count)> Recipients)
{
    private const string Text = "Here is what is new this week, in a few words: prices, dates and places, as you asked us to tell you.\n";

    public int Count => Recipients.Sum(r => r.Count);

    public object Declaration => new { label = Id, priority = IsTransactional ? "transactional" : "marketing", expectedSize = Count };

    /// <summary>A Message-ID without the seal that it bears behind the ids.</summary>
    public static string Unsealed(string messageId)
    {
        var at = messageId.IndexOf('@', StringComparison.Ordinal);
        return string.Concat(messageId.AsSpan(0, messageId.LastIndexOf('.', at)), messageId.AsSpan(at));
    }

    /// <summary>As the sink will see it, unsealed.</summary>
    public string MessageIdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"<{number}.{Id}@sender.test>");

    /// <summary>The delivery of a Message-ID.</summary>
    public static string DeliveryOf(string messageId) => messageId[(messageId.IndexOf('.', StringComparison.Ordinal) + 1)..messageId.IndexOf('@', StringComparison.Ordinal)];

    /// <summary>Relay lines from message <paramref name="first"/> on; the sites' recipients are mixed, as in any list.</summary>
    public byte[] Lines(int first, int count)
    {
        var sites = Sites();
        var lines = new StringBuilder(count * 300);
        for (var number = first; number < first + count; number++)
        {
            lines.Append(JsonSerializer.Serialize(new
            {
                messageId = number.ToString(CultureInfo.InvariantCulture),
                to = $"r{number}@{sites[number].Domain}",
                from = "news@sender.test",
                subject = $"News for you, number {number}",
                text = $"Dear reader {number},\n{Text}{Text}{Text}",
            })).Append('\n');
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private LimitedSite[] Sites()
    {
        var sites = Recipients.SelectMany(r => Enumerable.Repeat(r.Site, r.Count)).ToArray();
        new Random(7).Shuffle(sites);
        return sites;
    }
}
