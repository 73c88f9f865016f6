using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>The API as Campaign uses it: from outside, with a key, by HTTP.</summary>
internal sealed class MtaApi(Uri host, FunctionKeys keys) : IDisposable
{
    private const int LogPage = 1_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new() { BaseAddress = new Uri(host, "api/"), DefaultRequestHeaders = { { FunctionKeys.Header, keys.Function } }, Timeout = TimeSpan.FromMinutes(2) };

    public Uri AddressOf(string deliveryId) => new(_http.BaseAddress!, $"deliveries/{deliveryId}");

    /// <exception cref="InvalidOperationException">The API refuses; the message has its words.</exception>
    public async Task<DeclarationAnswer> DeclareAsync(string deliveryId, object declaration, CancellationToken cancellationToken)
    {
        using var answer = await _http.PutAsJsonAsync(AddressOf(deliveryId), declaration, Json, cancellationToken);
        return await ReadAsync<DeclarationAnswer>(answer, cancellationToken);
    }

    /// <summary>Relays a body of <see cref="RelayBody"/>.</summary>
    /// <exception cref="InvalidOperationException">The API refuses; the message has its words.</exception>
    public async Task<MessagesAnswer> RelayAsync(string deliveryId, byte[] body, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await _http.PostAsync(new Uri(AddressOf(deliveryId) + "/messages"), content, cancellationToken);
        return await ReadAsync<MessagesAnswer>(answer, cancellationToken);
    }

    /// <summary>Refuses what is still to come.</summary>
    public async Task StopAsync(string deliveryId, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsync(new Uri(AddressOf(deliveryId) + "/stop"), null, cancellationToken);
        await ReadAsync<DeliveryStopped>(answer, cancellationToken);
    }

    /// <summary>Id of a path to the site: of several, the one that is held back most.</summary>
    public async Task<string> PathAsync(string site, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(_http.BaseAddress!, "paths"), cancellationToken);
        return (await ReadAsync<PathsAnswer>(answer, cancellationToken)).Paths.First(path => path.Site == site).Id;
    }

    public async Task<SummaryView> SummaryAsync(string deliveryId, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(AddressOf(deliveryId), cancellationToken);
        return (await ReadAsync<DeliveryAnswer>(answer, cancellationToken)).Summary;
    }

    /// <summary>The delivery's whole sending log.</summary>
    public async Task<IReadOnlyList<LogLine>> LogAsync(string deliveryId, CancellationToken cancellationToken)
    {
        var lines = new List<LogLine>();
        string? continuation = null;
        do
        {
            var next = continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}";
            using var answer = await _http.GetAsync(new Uri(FormattableString.Invariant($"{AddressOf(deliveryId)}/logs?limit={LogPage}{next}")), cancellationToken);
            var page = await ReadAsync<LogAnswer>(answer, cancellationToken);
            lines.AddRange(page.Messages);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return lines;
    }

    /// <summary>All events of a delivery that can be pulled by now.</summary>
    public async Task<IReadOnlyList<FeedLine>> FeedbackAsync(string deliveryId, CancellationToken cancellationToken)
    {
        var events = new List<FeedLine>();
        string? cursor = null;
        for (var more = true; more;)
        {
            var next = cursor is null ? "" : $"&cursor={cursor}";
            using var answer = await _http.GetAsync(new Uri(FormattableString.Invariant($"{_http.BaseAddress}feedback?limit={LogPage}&delivery={deliveryId}{next}")), cancellationToken);
            var page = await ReadAsync<FeedAnswer>(answer, cancellationToken);
            events.AddRange(page.Events);
            (cursor, more) = (page.Cursor, page.More);
        }

        return events;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken) => answer.IsSuccessStatusCode
        ? await answer.Content.ReadFromJsonAsync<T>(Json, cancellationToken) ?? throw new InvalidOperationException("The API answered null.")
        : throw new InvalidOperationException($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
}
