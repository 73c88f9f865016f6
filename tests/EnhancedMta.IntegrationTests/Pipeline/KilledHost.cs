using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>Campaign's view of an MTA whose process is killed now and then: what it asks may break off, and is asked again.</summary>
internal sealed class KilledHost : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    private readonly HttpClient _client = new();
    private volatile Uri? _address;
    private int _requestsCut;

    public KilledHost(string functionKey) => _client.DefaultRequestHeaders.Add(FunctionKeys.Header, functionKey);

    /// <summary>Where the process listens; null while there is none.</summary>
    public Uri? Address
    {
        get => _address;
        set => _address = value;
    }

    /// <summary>Relay requests that broke off when a part of the body was sent already.</summary>
    public int RequestsCut => Volatile.Read(ref _requestsCut);

    /// <summary>Relays the lines, and repeats the same request until it is answered by 202.</summary>
    /// <returns>The last answer.</returns>
    public async Task<JsonElement> RelayAsync(string deliveryId, IReadOnlyList<string> lines)
    {
        while (true)
        {
            var body = new SlowLines(lines);
            if (await TryAsync(HttpMethod.Post, $"deliveries/{deliveryId}/messages", HttpStatusCode.Accepted, body) is { } answer)
                return answer;
            if (body.IsUnderWay)
                Interlocked.Increment(ref _requestsCut);
        }
    }

    public async Task DeclareAsync(string deliveryId, object declaration)
    {
        using var body = new StringContent(JsonSerializer.Serialize(declaration), Encoding.UTF8, "application/json");
        Assert.NotNull(await TryAsync(HttpMethod.Put, $"deliveries/{deliveryId}", HttpStatusCode.Created, body));
    }

    public async Task<JsonElement> GetAsync(string path) =>
        await TryAsync(HttpMethod.Get, path, HttpStatusCode.OK, null) ?? throw new InvalidOperationException("The host does not run.");

    public void Dispose() => _client.Dispose();

    /// <returns>Null when there was no answer, or the one that asks for the same request later.</returns>
    private async Task<JsonElement?> TryAsync(HttpMethod method, string path, HttpStatusCode expected, HttpContent? body)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        try
        {
            if (Address is { } address)
            {
                using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = body };
                using var response = await _client.SendAsync(request, cancellationToken);
                var text = await response.Content.ReadAsStringAsync(cancellationToken);
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    Assert.True(response.StatusCode == expected, $"{method} {path} was answered by {(int)response.StatusCode}: {text}");
                    return JsonSerializer.Deserialize<JsonElement>(text);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            Debug.WriteLine(e.Message);
        }

        await Task.Delay(Pause, cancellationToken);
        return null;
    }

    /// <summary>Lines at the pace of an application that composes as it goes, so that a kill may come in the middle.</summary>
    private sealed class SlowLines : HttpContent
    {
        private const int LinesAtOnce = 50;

        private readonly IReadOnlyList<string> _lines;

        public SlowLines(IReadOnlyList<string> lines)
        {
            _lines = lines;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        /// <summary>Some of it is out.</summary>
        public bool IsUnderWay { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var chunk in _lines.Chunk(LinesAtOnce))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', chunk) + '\n'));
                await stream.FlushAsync();
                IsUnderWay = true;
                await Task.Delay(Pause);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
