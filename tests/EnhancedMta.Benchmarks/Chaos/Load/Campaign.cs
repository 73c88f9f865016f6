using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EnhancedMta.Benchmarks.Chaos.Hosts;

namespace EnhancedMta.Benchmarks.Chaos.Load;

/// <summary>
/// The client: makes each request until it is answered by 202, of any process that runs, as Campaign would. What breaks off is no fault;
/// an answer that tells it to give up is.
/// </summary>
internal sealed class Campaign(IReadOnlyList<Host> hosts, int seed)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>No answer, or not now: the same request again.</summary>
    private static readonly HttpStatusCode[] Again =
    [
        HttpStatusCode.RequestTimeout, HttpStatusCode.Conflict, HttpStatusCode.TooManyRequests, HttpStatusCode.InternalServerError, HttpStatusCode.BadGateway,
        HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout,
    ];

    private readonly Random _random = new(seed);
    private int _cut;
    private int _repeated;
    private int _faults;

    /// <summary>Requests that broke off without an answer.</summary>
    public int Cut => _cut;

    /// <summary>Requests that were answered by "again".</summary>
    public int Repeated => _repeated;

    /// <summary>Answers of 500: a fault of the application's own, which a repetition gets over.</summary>
    public int Faults => _faults;

    public async Task DeclareAsync(Mailing mailing, CancellationToken cancellationToken) =>
        await AskAsync(() => new HttpRequestMessage(HttpMethod.Put, $"api/deliveries/{mailing.Id}") { Content = JsonContent.Create(mailing.Declaration) }, cancellationToken);

    public async Task RelayAsync(Request request, CancellationToken cancellationToken)
    {
        bool isSlow;
        lock (_random)
            isSlow = _random.Next(3) == 0;
        var answer = await AskAsync(
            () =>
            {
                var message = new HttpRequestMessage(HttpMethod.Post, $"api/deliveries/{request.Mailing.Id}/messages") { Content = new RelayLines(request.Lines, isSlow) };
                message.Headers.Add("Idempotency-Key", request.Key);
                return message;
            },
            cancellationToken);
        var known = answer.GetProperty("accepted").GetInt32() + answer.GetProperty("duplicates").GetInt32();
        if (known != request.Ids.Count)
            throw new InvalidOperationException($"Of {request.Ids.Count} messages {known} were accepted: {answer}");
        request.Mailing.Take(request);
    }

    /// <summary>Whether the application has such a function.</summary>
    public async Task<bool> HasAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await hosts[0].Http.GetAsync(path, cancellationToken);
        return response.StatusCode != HttpStatusCode.NotFound;
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => AskAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    private async Task<JsonElement> AskAsync(Func<HttpRequestMessage> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Host host;
            lock (_random)
                host = hosts[_random.Next(hosts.Count)];
            try
            {
                using var request = ask();
                using var response = await host.Http.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                    return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                if (!Again.Contains(response.StatusCode))
                    throw new InvalidOperationException($"{host.Name} says {(int)response.StatusCode} to {request.Method} {request.RequestUri}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
                Interlocked.Increment(ref _repeated);
                if (response.StatusCode == HttpStatusCode.InternalServerError)
                    Interlocked.Increment(ref _faults);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // A process that is down refuses connections; only one that breaks off in the middle counts.
                if (e is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError })
                    Interlocked.Increment(ref _cut);
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Some come at the pace of an application that composes as it goes, so that a process may die in the middle.</summary>
    private sealed class RelayLines : HttpContent
    {
        private const int AtOnce = 25;

        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

        private readonly IReadOnlyList<byte[]> _lines;
        private readonly bool _isSlow;

        public RelayLines(IReadOnlyList<byte[]> lines, bool isSlow)
        {
            (_lines, _isSlow) = (lines, isSlow);
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var lines in _lines.Chunk(AtOnce))
            {
                foreach (var line in lines)
                    await stream.WriteAsync(line);
                await stream.FlushAsync();
                if (_isSlow)
                    await Task.Delay(Pause);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _isSlow ? 0 : _lines.Sum(line => (long)line.Length);
            return !_isSlow;
        }
    }
}
