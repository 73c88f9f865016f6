using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EnhancedMta.Benchmarks.Mail;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>Relays a delivery by HTTP, as Campaign would.</summary>
internal sealed class RelayClient(LocalApp app, RelayOptions options)
{
    private const int MostPerRequest = 2_000;
    // Azure takes 100 MB; JSON adds an escape for each line end.
    private const int RequestSize = 90 * 1024 * 1024;
    private const int Connections = 2;
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly LetterTemplate _line = new(
        $$"""{"messageId":"{number}","to":"u{number}@{{Letter.RecipientDomain}}","mime":"{{JsonEncodedText.Encode(Letter.Text(options.Size, Letter.MessageIdHeader), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}"""
        + "\n", Guid.NewGuid().ToString("N"));

    private readonly int _perRequest = Math.Min(MostPerRequest, RequestSize / options.Size);
    private int _accepted;

    /// <summary>Relays <paramref name="count"/> messages and waits until all are settled.</summary>
    /// <returns>Seconds from the first octet sent: to the last acceptance, and to the last settlement.</returns>
    public async Task<(double Accept, double All)> RelayAsync(string deliveryId, int first, int count, CancellationToken cancellationToken)
    {
        await app.SendAsync(HttpMethod.Put, $"api/deliveries/{deliveryId}", JsonContent.Create(new { label = "Benchmark", expectedSize = count }), cancellationToken);
        _accepted = 0;
        var next = first;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = Stopwatch.StartNew();
        var accepting = Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => PostAllAsync()));
        var settled = WaitUntilSettledAsync(deliveryId, count, watch, failed.Token);
        try
        {
            await accepting;
            var accept = watch.Elapsed.TotalSeconds;
            return (accept, await settled);
        }
        catch
        {
            await failed.CancelAsync();
            await ((Task)settled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        async Task PostAllAsync()
        {
            while (true)
            {
                var from = Interlocked.Add(ref next, _perRequest) - _perRequest;
                if (from >= first + count)
                    return;
                await PostAsync(deliveryId, from, Math.Min(_perRequest, first + count - from), failed.Token);
            }
        }
    }

    private async Task PostAsync(string deliveryId, int first, int count, CancellationToken cancellationToken)
    {
        using var content = new NdjsonContent(_line, first, count);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var answer = await app.SendAsync(HttpMethod.Post, $"api/deliveries/{deliveryId}/messages", content, cancellationToken);
        if (answer.GetProperty("accepted").GetInt32() != count)
            throw new InvalidOperationException($"Not all of {count} messages were accepted: {answer}");
        Interlocked.Add(ref _accepted, count);
    }

    /// <summary>Looks seldom while much is to be done, since each look costs storage operations, and often towards the end.</summary>
    private async Task<double> WaitUntilSettledAsync(string deliveryId, int count, Stopwatch watch, CancellationToken cancellationToken)
    {
        var (delivered, movedAt, saidAt) = (0, watch.Elapsed, TimeSpan.Zero);
        while (true)
        {
            var answer = await app.SendAsync(HttpMethod.Get, $"api/deliveries/{deliveryId}", null, cancellationToken);
            var summary = answer.GetProperty("summary");
            var now = summary.GetProperty("delivered").GetInt32();
            if (now == count)
                return watch.Elapsed.TotalSeconds;
            if (summary.GetProperty("failed").GetInt32() > 0)
                throw new InvalidOperationException($"Messages failed: {summary}\n{app.LastLines}");
            if (now > delivered)
                (delivered, movedAt) = (now, watch.Elapsed);
            else if (watch.Elapsed - movedAt > StallLimit)
                throw new InvalidOperationException($"Nothing was delivered for {StallLimit.TotalSeconds:0} s: {summary}\n{app.LastLines}");
            if (watch.Elapsed - saidAt > LongestPause)
            {
                saidAt = watch.Elapsed;
                await Console.Error.WriteLineAsync($"  {watch.Elapsed.TotalSeconds,5:0} s  {_accepted,9:N0} accepted  {delivered,9:N0} delivered");
            }
            await Task.Delay(Pause(delivered, count, watch.Elapsed), cancellationToken);
        }
    }

    private static TimeSpan Pause(int delivered, int count, TimeSpan elapsed)
    {
        if (delivered == 0)
            return TimeSpan.FromMilliseconds(500);
        var half = elapsed * ((double)(count - delivered) / delivered) / 2;
        return half < ShortestPause ? ShortestPause : half > LongestPause ? LongestPause : half;
    }
}
