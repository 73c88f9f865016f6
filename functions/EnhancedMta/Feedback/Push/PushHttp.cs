using System.Globalization;
using System.Net.Http.Headers;
using EnhancedMta.Sites;
using EnhancedMta.StrangerUrls;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Feedback.Push;

/// <summary>Posts batches, only to where a stranger may send us: whoever declares a delivery names its endpoint.</summary>
public sealed class PushHttp : IDisposable
{
    public const string IdempotencyHeader = "Idempotency-Key";

    private const int ShownLength = 200;

    private readonly FeedbackSettings _settings;
    private readonly PushOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public PushHttp(HostAddresses addresses, FeedbackSettings settings, PushOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        (_settings, _options, _clock) = (settings, options, clock);
        _http = StrangerHttp.CreateClient(addresses, new StrangerHttpOptions
        {
            Trusted = settings.Trusted,
            // The whole post is limited, its answer's body with it.
            Timeout = Timeout.InfiniteTimeSpan,
            ConnectionLifetime = TimeSpan.FromMinutes(2),
            Tls = ClientTls.Options(options.Authorities),
        });
    }

    /// <returns>What went wrong; null when the endpoint has the batch.</returns>
    internal async Task<PushFault?> PostAsync(FeedbackEndpoint endpoint, PushBatch batch, CancellationToken cancellationToken)
    {
        // Settings change after a delivery was declared.
        if (_settings.Refusal(endpoint.Url) is { } refusal)
            return new PushFault(refusal, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.RequestTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ReadOnlyMemoryContent(batch.Body) };
        var timestamp = PushSignature.Timestamp(_clock.GetUtcNow());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.ParseAdd("EnhancedMta");
        request.Headers.Add(IdempotencyHeader, batch.IdempotencyKey);
        request.Headers.Add(PushSignature.TimestampHeader, timestamp);
        request.Headers.Add(PushSignature.SignatureHeader, PushSignature.Sign(_settings.Keys, timestamp, batch.IdempotencyKey, batch.Body.Span));
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : new PushFault(await WordsAsync(response, limit.Token).ConfigureAwait(false), Asked(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PushFault(string.Create(CultureInfo.InvariantCulture, $"did not answer within {_options.RequestTimeout.TotalSeconds:0} s"), null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new PushFault((fault.InnerException ?? fault).Message, null);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> WordsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var answer = string.Create(CultureInfo.InvariantCulture, $"answered {(int)response.StatusCode} {response.ReasonPhrase}");
        if ((int)response.StatusCode is >= 300 and < 400)
            return $"{answer}; redirects are not followed";
        var octets = new byte[ShownLength];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var length = await body.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var words = string.Concat(System.Text.Encoding.UTF8.GetString(octets, 0, length).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return words.Length == 0 ? answer : $"{answer}: {words}";
    }

    private TimeSpan? Asked(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _clock.GetUtcNow(),
        _ => null,
    };
}

/// <param name="Error">For people.</param>
/// <param name="RetryAfter">What the endpoint asked for.</param>
internal sealed record PushFault(string Error, TimeSpan? RetryAfter);
