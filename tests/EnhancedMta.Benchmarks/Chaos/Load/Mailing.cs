using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EnhancedMta.Benchmarks.Chaos.Load;

/// <summary>A delivery of the run: how it is declared, and what was relayed of it.</summary>
/// <param name="Id">Of the delivery.</param>
/// <param name="IsTransactional">Its lane.</param>
/// <param name="ExpectedSize">Sets the number of its partitions.</param>
/// <param name="Validity">ISO 8601.</param>
internal sealed record Mailing(string Id, bool IsTransactional, int ExpectedSize, string Validity)
{
    private const string Line = "Here is what is new this week, in a few words: prices, dates and places, as you asked us to tell you.\n";

    /// <summary>One in so many has a long text, so that connections break in the middle of it too.</summary>
    private const int LongOnes = 20;

    private static readonly string ShortText = Line + Line;
    private static readonly string LongText = string.Concat(Enumerable.Repeat(Line, 400));

    private readonly ConcurrentDictionary<string, string> _offered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _accepted = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>All that was offered, by message id: the recipient's address.</summary>
    public IReadOnlyDictionary<string, string> Offered => _offered;

    /// <summary>Messages whose request was answered by 202.</summary>
    public ICollection<string> Accepted => _accepted.Keys;

    /// <summary>The delivery whose messages never reach their full mailboxes in time.</summary>
    public bool IsForFullMailboxes { get; init; }

    public object Declaration => new { label = Id, priority = IsTransactional ? "transactional" : "marketing", expectedSize = ExpectedSize, validityPeriod = Validity, sender = "news@sender.test" };

    /// <summary>New messages for a request.</summary>
    public Request Compose(int count, Random random)
    {
        var lines = new List<string>(count);
        var ids = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            var number = Interlocked.Increment(ref _next);
            var kind = IsForFullMailboxes ? RecipientKind.Full : RecipientKind.Pick(random);
            var id = number.ToString(CultureInfo.InvariantCulture);
            var to = $"{kind.Prefix}-{Id}-{id}@{RecipientSite.All[random.Next(RecipientSite.All.Count)].Domain}";
            _offered[id] = to;
            ids.Add(id);
            lines.Add(JsonSerializer.Serialize(new { messageId = id, to, from = "news@sender.test", subject = $"News, number {id}", text = random.Next(LongOnes) == 0 ? LongText : ShortText }));
        }

        return new Request(this, $"{Id}-{ids[0]}", ids, [.. lines.Select(line => Encoding.UTF8.GetBytes(line + "\n"))]);
    }

    public void Take(Request request)
    {
        foreach (var id in request.Ids)
            _accepted[id] = 0;
    }
}

/// <summary>A relay request, the same each time that it is made.</summary>
/// <param name="Mailing">Whose.</param>
/// <param name="Key">Its Idempotency-Key.</param>
/// <param name="Ids">Of its messages.</param>
/// <param name="Lines">Its body.</param>
internal sealed record Request(Mailing Mailing, string Key, IReadOnlyList<string> Ids, IReadOnlyList<byte[]> Lines);
