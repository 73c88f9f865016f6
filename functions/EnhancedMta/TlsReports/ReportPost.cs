using System.Globalization;
using System.Net.Http.Headers;
using EnhancedMta.Sites;
using EnhancedMta.StrangerUrls;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.TlsReports;

/// <summary>Posts reports (RFC 8460 §5.4), only to addresses that a stranger may send us to.</summary>
internal sealed class ReportPost : IDisposable
{
    private readonly HttpClient _http;

    public ReportPost(HostAddresses addresses)
    {
        var tls = ClientTls.Options(null);
        // RFC 8460 §3: the domain wants to hear of certificates that fail, and its report server's may be one of them.
#pragma warning disable CA5359
        tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        _http = StrangerHttp.CreateClient(addresses, new StrangerHttpOptions { Tls = tls });
    }

    /// <returns>Why it did not arrive, or null.</returns>
    public async Task<string?> SendAsync(TlsReport report, Uri target, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(report.ToGzip());
        content.Headers.ContentType = new MediaTypeHeaderValue(TlsReport.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"{target.Host} answered {(int)response.StatusCode}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (fault.InnerException ?? fault).Message;
        }
    }

    public void Dispose() => _http.Dispose();
}
