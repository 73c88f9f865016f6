using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Encodings.Web;
using System.Text.Json;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>Relays at a steady rate: marketing in requests of some hundred, a new delivery every few minutes, and single transactional messages.</summary>
internal sealed class SoakTraffic(LocalApp app, double rate)
{
    private const int Size = 10 * 1024;

    /// <summary>Of all messages.</summary>
    private const double TransactionalShare = 0.05;

    private const string Orders = "orders";
    private static readonly TimeSpan PerDelivery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenRequests = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BeforeAnother = TimeSpan.FromSeconds(1);

    private readonly LetterTemplate _plain = Line("u{number}@" + SoakSites.Plain);
    private readonly LetterTemplate _grey = Line(SoakSites.Grey + "{number}@" + SoakSites.Picky);
    private readonly LetterTemplate _unknown = Line(SoakSites.Unknown + "{number}@" + SoakSites.Plain);
    private readonly LetterTemplate _limited = Line("u{number}@" + SoakSites.Limited);
    private readonly ConcurrentDictionary<string, int> _deliveries = new(StringComparer.Ordinal);
    private readonly Random _random = new(1);
    private int _number;
    private int _repeats;
    private long _accepted;

    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Requests that had to be made again.</summary>
    public int Repeats => _repeats;

    /// <summary>Messages relayed, by delivery.</summary>
    public IReadOnlyDictionary<string, int> Deliveries => _deliveries;

    public async Task RunAsync(CancellationToken enough)
    {
        await DeclareAsync(Orders, true, enough);
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(MarketingAsync(began, enough), TransactionalAsync(began, enough));
    }

    /// <summary>As fast as it goes.</summary>
    public async Task RelayAsync(string delivery, int count, CancellationToken cancellationToken)
    {
        const int PerRequest = 1_000;
        await DeclareAsync(delivery, false, cancellationToken);
        for (var left = count; left > 0; left -= PerRequest)
            await PostAsync(delivery, Body(Math.Min(left, PerRequest), _ => _plain), Math.Min(left, PerRequest), cancellationToken);
    }

    private async Task MarketingAsync(long began, CancellationToken enough)
    {
        var (offered, known) = (0, -1);
        while (!enough.IsCancellationRequested)
        {
            var elapsed = TimeProvider.System.GetElapsedTime(began);
            var number = (int)(elapsed / PerDelivery);
            var delivery = $"news-{number}";
            if (number != known)
                await DeclareAsync(delivery, false, CancellationToken.None);
            known = number;
            var count = Math.Min((int)(rate * (1 - TransactionalShare) * elapsed.TotalSeconds) - offered, 5_000);
            if (count > 0)
                await PostAsync(delivery, Body(count, Recipient), count, CancellationToken.None);
            offered += count;
            await Task.Delay(BetweenRequests, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TransactionalAsync(long began, CancellationToken enough)
    {
        for (var offered = 0; !enough.IsCancellationRequested; offered++)
        {
            var due = TimeSpan.FromSeconds(offered / (rate * TransactionalShare)) - TimeProvider.System.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await PostAsync(Orders, Body(1, _ => _plain), 1, CancellationToken.None);
        }
    }

    private LetterTemplate Recipient(double point)
    {
        var wave = Slice.At(TimeProvider.System.GetUtcNow()).Number % 2 == 0 ? 1 + SoakSites.Wave : 1 - SoakSites.Wave;
        return point < SoakSites.GreyShare ? _grey
            : point < SoakSites.GreyShare + SoakSites.UnknownShare ? _unknown
            : point < SoakSites.GreyShare + SoakSites.UnknownShare + (SoakSites.LimitedShare * wave) ? _limited
            : _plain;
    }

    private byte[] Body(int count, Func<double, LetterTemplate> recipient)
    {
        var body = new ArrayBufferWriter<byte>(count * Size * 11 / 10);
        lock (_random)
        {
            for (var i = 0; i < count; i++)
                recipient(_random.NextDouble()).Write(++_number, body);
        }

        return body.WrittenSpan.ToArray();
    }

    private async Task PostAsync(string delivery, byte[] body, int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var content = new ByteArrayContent(body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                var answer = await app.SendAsync(HttpMethod.Post, $"api/deliveries/{delivery}/messages", content, cancellationToken);
                if (answer.GetProperty("accepted").GetInt32() + answer.GetProperty("duplicates").GetInt32() != count)
                    throw new InvalidOperationException($"Not all of {count} messages were accepted: {answer}");
                Interlocked.Add(ref _accepted, count);
                _deliveries.AddOrUpdate(delivery, count, (_, before) => before + count);
                return;
            }
            catch (Exception e) when (e is InvalidOperationException or HttpRequestException && !app.HasExited)
            {
                Interlocked.Increment(ref _repeats);
                await Task.Delay(BeforeAnother, cancellationToken);
            }
        }
    }

    private Task<JsonElement> DeclareAsync(string delivery, bool isTransactional, CancellationToken cancellationToken) => app.SendAsync(
        HttpMethod.Put, $"api/deliveries/{delivery}",
        JsonContent.Create(new { label = delivery, priority = isTransactional ? "transactional" : "marketing", expectedSize = (int)(rate * PerDelivery.TotalSeconds) }), cancellationToken);

    private static LetterTemplate Line(string to) => new(
        $$"""{"messageId":"{number}","to":"{{to}}","mime":"{{JsonEncodedText.Encode(Letter.Text(Size, ""), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""" + "\n", "soak");
}
