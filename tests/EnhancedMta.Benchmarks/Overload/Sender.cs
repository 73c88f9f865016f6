using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EnhancedMta.Benchmarks.Relay;

namespace EnhancedMta.Benchmarks.Overload;

/// <summary>Has a request to make every so often, and makes each until it is accepted, or the time is over.</summary>
/// <param name="app">Of whom.</param>
/// <param name="offer">What is offered.</param>
/// <param name="arrivals">Get to know what was accepted.</param>
/// <param name="obeys">Waits as Retry-After says; else it comes again at once.</param>
internal sealed class Sender(LocalApp app, Offer offer, Arrivals arrivals, bool obeys)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(250);

    private readonly List<double> _told = [];

    /// <summary>Messages that were in a request made at least once.</summary>
    public int Offered { get; private set; }

    /// <summary>Requests made.</summary>
    public int Requests { get; private set; }

    /// <summary>Requests refused, by the bound that was hit.</summary>
    public Dictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>What Retry-After said, in seconds.</summary>
    public IReadOnlyList<double> Told => _told;

    public async Task RunAsync(TimeSpan first, CancellationToken enough)
    {
        await Task.Delay(first, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var began = TimeProvider.System.GetTimestamp();
        for (var made = 0; !enough.IsCancellationRequested; made++)
        {
            var due = (offer.Every * made) - TimeProvider.System.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!enough.IsCancellationRequested)
                await MakeAsync(enough);
        }
    }

    /// <summary>One request.</summary>
    public async Task MakeAsync(CancellationToken enough)
    {
        var first = offer.Next();
        var body = offer.Lines(first);
        Offered += offer.PerRequest;
        while (!enough.IsCancellationRequested)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            Requests++;
            // Not cancelled: what became of a request that was made should be known.
            using var answer = await app.TrySendAsync(HttpMethod.Post, $"api/deliveries/{offer.Delivery}/messages", content, CancellationToken.None);
            if (answer.StatusCode == HttpStatusCode.Accepted)
            {
                arrivals.Accept(first, offer.PerRequest);
                return;
            }

            var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests || answer.Headers.RetryAfter?.Delta is not { } retryAfter)
                throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
            var bound = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("bound").GetString()!;
            Refused[bound] = Refused.GetValueOrDefault(bound) + 1;
            _told.Add(retryAfter.TotalSeconds);
            await Task.Delay(obeys ? retryAfter : AtOnce, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>What a sender has to send.</summary>
/// <param name="Delivery">Of which delivery.</param>
/// <param name="Domain">To where.</param>
/// <param name="PerRequest">Messages.</param>
/// <param name="Every">A request is due.</param>
/// <param name="Next">The number of its first message.</param>
internal sealed record Offer(string Delivery, string Domain, int PerRequest, TimeSpan Every, Func<int> Next)
{
    private static readonly string Text = string.Concat(Enumerable.Repeat("Here is what is new this week, in a few words: prices, dates and places, as you asked us to tell you.\n", 20));

    public byte[] Lines(int first)
    {
        var lines = new StringBuilder(PerRequest * 2_500);
        for (var number = first; number < first + PerRequest; number++)
        {
            lines.Append(JsonSerializer.Serialize(new
            {
                messageId = number.ToString(CultureInfo.InvariantCulture),
                to = Arrivals.AddressOf(number, Domain),
                from = "news@sender.test",
                subject = $"News, number {number}",
                text = Text,
            })).Append('\n');
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }
}
