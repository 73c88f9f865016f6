using System.Globalization;
using System.Net;
using System.Security.Authentication;
using EnhancedMta.Sites;
using EnhancedMta.StrangerUrls;

namespace EnhancedMta.TlsPolicies;

/// <summary>Fetches policies over HTTPS (RFC 8461 §3.3), only from addresses that our own DNS client found and that a stranger may send us to.</summary>
internal sealed class StsFetch : IDisposable
{
    // RFC 8461 §3.3: 64 KB are plenty.
    private const int MaxLength = 64 * 1024;

    private readonly TlsPolicyOptions _options;
    private readonly HttpClient _http;

    public StsFetch(HostAddresses addresses, TlsPolicyOptions options)
    {
        _options = options;
        // RFC 8461 §3.3: 3xx must not be followed. Time is limited by the whole fetch.
        _http = StrangerHttp.CreateClient(addresses, new StrangerHttpOptions { Timeout = Timeout.InfiniteTimeSpan, Tls = ClientTls.Options(options.Authorities) });
    }

    /// <summary>The policy, or why there is none. Never throws.</summary>
    public async Task<(StsPolicy? Policy, TlsFailure? Failure)> FetchAsync(string domain)
    {
        var url = new UriBuilder("https", $"mta-sts.{domain}", _options.HttpsPort, "/.well-known/mta-sts.txt").Uri;
        using var limit = new CancellationTokenSource(_options.FetchTimeout);
        try
        {
            using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                return Failed(TlsFault.StsPolicyFetchError, string.Create(CultureInfo.InvariantCulture, $"answered {(int)response.StatusCode}"));
            // RFC 8461 §3.2: so that what users may upload to a host is not taken for its policy.
            if (response.Content.Headers.ContentType?.MediaType is var type && !string.Equals(type, "text/plain", StringComparison.OrdinalIgnoreCase))
                return Failed(TlsFault.StsPolicyInvalid, $"is {type ?? "of no type"}, not text/plain");
            await using var content = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            var octets = new byte[MaxLength + 1];
            var length = await content.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false);
            return length > MaxLength ? Failed(TlsFault.StsPolicyInvalid, "is larger than 64 KB") : (StsPolicyReader.Policy(octets.AsSpan(0, length)), null);
        }
        catch (FormatException fault)
        {
            return Failed(TlsFault.StsPolicyInvalid, fault.Message);
        }
        catch (OperationCanceledException)
        {
            return Failed(TlsFault.StsPolicyFetchError, "did not answer in time");
        }
        catch (HttpRequestException fault) when (fault.InnerException is AuthenticationException tls)
        {
            return Failed(TlsFault.StsWebPkiInvalid, tls.Message);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return Failed(TlsFault.StsPolicyFetchError, (fault.InnerException ?? fault).Message);
        }

        (StsPolicy?, TlsFailure?) Failed(TlsFault fault, string what) => (null, new TlsFailure(fault, $"MTA-STS: {url.Host}: {what}"));
    }

    public void Dispose() => _http.Dispose();
}
