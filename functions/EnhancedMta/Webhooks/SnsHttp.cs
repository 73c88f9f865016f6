using System.Collections.Concurrent;
using System.Globalization;

namespace EnhancedMta.Webhooks;

/// <summary>What is asked of Amazon SNS itself: certificates, each once, and confirmations.</summary>
internal sealed class SnsHttp(HttpClient http)
{
    // Each region has one certificate, renewed once a year.
    private const int MaxCertificates = 32;
    private const int MaxLength = 64 * 1024;

    // SNS itself waits 15 seconds for our answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Uri, Lazy<Task<SnsCertificate>>> _certificates = new();

    /// <param name="url">Of <see cref="SnsUrls.Certificate"/>.</param>
    /// <param name="cancellationToken">Ends the wait, not what others wait for, too.</param>
    /// <exception cref="SnsRefusedException">It is not there, or not of Amazon SNS.</exception>
    /// <exception cref="HttpRequestException">It cannot be had just now.</exception>
    /// <exception cref="TimeoutException">Nor in time.</exception>
    public async Task<SnsCertificate> CertificateAsync(Uri url, CancellationToken cancellationToken)
    {
        if (_certificates.Count >= MaxCertificates && !_certificates.ContainsKey(url))
            _certificates.Clear();
        var fetch = _certificates.GetOrAdd(url, u => new Lazy<Task<SnsCertificate>>(() => FetchAsync(u)));
        try
        {
            return await fetch.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (fetch.Value.IsCompleted && !fetch.Value.IsCompletedSuccessfully)
        {
            // The next one that needs it asks again.
            _certificates.TryRemove(KeyValuePair.Create(url, fetch));
            throw;
        }
    }

    /// <param name="url">Of <see cref="SnsUrls.Subscription"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SnsRefusedException">SNS does not take it: the token is three days old, say.</exception>
    /// <exception cref="HttpRequestException">SNS does not answer just now.</exception>
    /// <exception cref="TimeoutException">Nor in time.</exception>
    public Task ConfirmAsync(Uri url, CancellationToken cancellationToken) => GetAsync(url, cancellationToken);

    private async Task<SnsCertificate> FetchAsync(Uri url) => SnsCertificate.Read((await GetAsync(url, CancellationToken.None).ConfigureAwait(false)).Span);

    // The client's own timeout would end with the header.
    private async Task<ReadOnlyMemory<byte>> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Patience);
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limited.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var answer = string.Create(CultureInfo.InvariantCulture, $"{url.Host} answered {(int)response.StatusCode}");
                throw (int)response.StatusCode is >= 500 or 408 or 429 ? new HttpRequestException(answer) : new SnsRefusedException(answer);
            }
            await using var content = await response.Content.ReadAsStreamAsync(limited.Token).ConfigureAwait(false);
            var octets = new byte[MaxLength];
            return octets.AsMemory(0, await content.ReadAtLeastAsync(octets, MaxLength, throwOnEndOfStream: false, limited.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{url.Host} did not answer in time");
        }
    }
}
