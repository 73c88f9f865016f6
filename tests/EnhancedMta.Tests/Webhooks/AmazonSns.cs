using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EnhancedMta.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Tests.Webhooks;

/// <summary>
/// Amazon SNS on loopback: signs messages, and serves its certificate by HTTPS under its real name. The client that it gives connects here whatever the host,
/// and trusts this one authority, so that addresses, TLS and the names in certificates are checked as they are in earnest.
/// </summary>
public sealed class AmazonSns : IAsyncLifetime
{
    public const string Host = "sns.eu-west-1.amazonaws.com";
    public const string Topic = "arn:aws:sns:eu-west-1:123456789012:bounces";
    public const string CertificateUrl = $"https://{Host}/SimpleNotificationService-01.pem";
    public const string SubscribeUrl = $"https://{Host}/?Action=ConfirmSubscription&TopicArn={Topic}&Token=2336412f37fb687f";

    private readonly RSA _key = RSA.Create(2048);
    private readonly ECDsa _tlsKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<string, (int Status, string Body)> _answers = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly WebApplication _server;
    private readonly X509Certificate2 _tls;

    public AmazonSns()
    {
        _tls = Certificate(new CertificateRequest($"CN={Host}", _tlsKey, HashAlgorithmName.SHA256), Host, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0);
            k.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_tls));
        });
        _server = builder.Build();
        _server.Run(context =>
        {
            var path = context.Request.Path + context.Request.QueryString;
            _asked.Enqueue(path);
            var (status, body) = _answers.GetValueOrDefault(path, (404, "no such file"));
            context.Response.StatusCode = status;
            if (status == 301)
                context.Response.Headers.Location = new Uri(CertificateUrl).AbsolutePath;
            return context.Response.WriteAsync(body, context.RequestAborted);
        });
        Answer(new Uri(CertificateUrl), 200, SigningCertificate());
        Answer(new Uri(SubscribeUrl), 200, "<ConfirmSubscriptionResponse/>");
    }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Where it is in truth, without TLS.</summary>
    public Uri Plain { get; private set; } = null!;

    /// <summary>Where it is in truth, with a certificate that nobody else trusts.</summary>
    public Uri Secure { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync();
        var urls = _server.Urls.Select(u => new Uri(u)).ToList();
        Plain = urls.Single(u => u.Scheme == Uri.UriSchemeHttp);
        Secure = urls.Single(u => u.Scheme == Uri.UriSchemeHttps);
        Client = ClientAt(Secure.Port);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _tls.Dispose();
        _tlsKey.Dispose();
        _key.Dispose();
    }

    public HttpClient ClientAt(int port) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw;
            }
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _tls }, RevocationMode = X509RevocationMode.NoCheck },
        },
    });

    public void Answer(Uri url, int status, string body) => _answers[url.PathAndQuery] = (status, body);

    public int TimesAsked(string url) => _asked.Count(p => p == new Uri(url).PathAndQuery);

    /// <returns>PEM of a certificate for the signing key.</returns>
    public string SigningCertificate(string name = "sns.amazonaws.com", int days = 300)
    {
        var request = new CertificateRequest($"CN={name}, O=An Example", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = Certificate(request, name, Webhook.Now.AddDays(-30), Webhook.Now.AddDays(days));
        return certificate.ExportCertificatePem();
    }

    /// <param name="message">What SES says.</param>
    /// <param name="change">Of the envelope, before it is signed.</param>
    /// <param name="key">Another key than the certificate's.</param>
    /// <param name="tamper">With the envelope, after it was signed.</param>
    internal WebhookRequest Notification(string message, Action<JsonObject>? change = null, RSA? key = null, Action<JsonObject>? tamper = null)
    {
        var envelope = new JsonObject
        {
            ["Type"] = "Notification",
            ["MessageId"] = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            ["TopicArn"] = Topic,
            ["Message"] = message,
            ["Timestamp"] = "2026-03-14T09:20:01.000Z",
            ["SignatureVersion"] = "2",
            ["SigningCertURL"] = CertificateUrl,
            ["UnsubscribeURL"] = $"https://{Host}/?Action=Unsubscribe",
        };
        change?.Invoke(envelope);
        envelope["Signature"] = Convert.ToBase64String((key ?? _key).SignData(
            Canonical(envelope), (string?)envelope["SignatureVersion"] == "1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        tamper?.Invoke(envelope);
        return Webhook.Request(envelope.ToJsonString(), ("x-amz-sns-message-type", "Notification"), ("Content-Type", "text/plain; charset=UTF-8"));
    }

    internal WebhookRequest Confirmation(Action<JsonObject>? change = null, Action<JsonObject>? tamper = null) => Notification(
        $"You have chosen to subscribe to the topic {Topic}.", envelope =>
        {
            envelope["Type"] = "SubscriptionConfirmation";
            envelope["Token"] = "2336412f37fb687f";
            envelope["SubscribeURL"] = SubscribeUrl;
            change?.Invoke(envelope);
        }, tamper: tamper);

    // Written down here a second time, from the documentation, so that it can disagree with the code.
    private static byte[] Canonical(JsonObject envelope)
    {
        string[] names = (string?)envelope["Type"] == "Notification"
            ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        return Encoding.UTF8.GetBytes(string.Concat(names.Where(envelope.ContainsKey).Select(n => $"{n}\n{envelope[n]}\n")));
    }

    private static X509Certificate2 Certificate(CertificateRequest request, string name, DateTimeOffset from, DateTimeOffset until)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(from, until);
    }
}
