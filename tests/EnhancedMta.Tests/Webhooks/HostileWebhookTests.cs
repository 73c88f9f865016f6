using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

/// <summary>Whatever a provider, or whoever has its secret, sends: an answer comes, and nothing else leaves the receiver. Each request is proven, so that it is read.</summary>
public sealed class HostileWebhookTests : IClassFixture<AmazonSns>, IDisposable
{
    private const string Token = "a token of some length";
    private const int Count = 2_000;
    private const string Seed = "0000KOIKKUQT";

    private static readonly byte[] MailgunKey = "key-of-today-0123456789"u8.ToArray();

    private static readonly string[] Samples =
    [
        """[{"msys": {"message_event": {"type": "bounce", "event_id": "1", "rcpt_to": "jane@mail.example", "bounce_class": "10", "raw_reason": "550 5.1.1 x", "rcpt_meta": {"emta": "b-1@b.example"}, "timestamp": "1"}}}, {"msys": {}}]""",
        """[{"event": "bounce", "email": "jane@mail.example", "sg_event_id": "1", "reason": "550 5.1.1 x", "status": "5.1.1", "smtp-id": "<1@b.example>", "timestamp": 1}, {"event": "open"}]""",
        """{"event": "failed", "severity": "permanent", "id": "1", "recipient": "jane@mail.example", "timestamp": 1.5, "delivery-status": {"code": 550, "message": "x"}, "message": {"headers": {"message-id": "1@b.example"}}, "envelope": {"sender": "b-1@b.example"}}""",
        """{"RecordType": "Bounce", "Type": "HardBounce", "ID": 1, "Email": "jane@mail.example", "Details": "smtp;550 5.1.1 x", "BouncedAt": "2026-03-14T09:20:00Z", "Metadata": {"emta": "b-1@b.example"}}""",
        """[{"id": "1", "eventType": "Microsoft.Communication.EmailDeliveryReportReceived", "data": {"sender": "b-1@b.example", "recipient": "jane@mail.example", "status": "Bounced", "deliveryStatusDetails": {"statusMessage": "550 5.1.1 x"}}}]""",
        """{"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "jane@mail.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 x"}]}, "mail": {"source": "b-1@b.example", "headers": [{"name": "Message-ID", "value": "<1@b.example>"}], "commonHeaders": {"messageId": "<1@b.example>"}}}""",
    ];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e999", "-0", "\"\\ud800\"", "\"\\u0000\"", "\"\\ud800\":1,", "{}", "[]", "[[[[[[", "\"type\":", "\"emta\":\"x@y\"", "\"event\":\"bounce\"",
        "\"<>\"", "\"550\"", "\"-\"", "\"9.9.9\"", "\"@\"", "99999999999999999999", "\uFEFF", "é", "\\", "\"\\", "\0", " ", "\"553 \"", "\"smtp;\"",
    ];

    // Cuts some characters out, and puts a piece in.
    private static readonly Gen<(int At, int Length, string Piece)[]> Changes =
        Gen.Select(Gen.Int[0, 600], Gen.Int[0, 12], Gen.OneOf(Gen.OneOf(Pieces), Gen.String[0, 8])).Array[1, 6];

    private static readonly Gen<string> NewValues = Gen.OneOf(
        Gen.OneOf("null", "true", "7", "1e400", "\"\"", "\" \"", "\"<\"", "[]", "[7]", "{}", "{\"emta\":[]}", "\"\\udfff\""),
        Gen.String[0, 400].Select(text => JsonSerializer.Serialize(text)),
        Gen.OneOf(Gen.OneOf(Pieces), Gen.OneOf(" ", "550", "5.1.1", "smtp;", "<", ">", "@", "said: ", "421-", "\n", "\t")).Array[1, 12].Select(pieces => JsonSerializer.Serialize(string.Concat(pieces))));

    private readonly AmazonSns _sns;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebhookReceiver _receiver;

    public HostileWebhookTests(AmazonSns sns)
    {
        _sns = sns;
        var secrets = new RepeatedSecrets(null, new SharedSecret(Token));
        _receiver = Webhook.Receiver(
            new WebhookSettings
            {
                SparkPost = secrets,
                Postmark = secrets,
                Acs = new SharedSecret(Token),
                SendGridKey = _key.ExportSubjectPublicKeyInfo(),
                MailgunKeys = [MailgunKey],
                SesTopics = [AmazonSns.Topic],
            },
            sns.Client);
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task The_samples_are_good_before_they_are_changed()
    {
        for (var i = 0; i < Samples.Length; i++)
        {
            var (source, request) = Proven(i, Encoding.UTF8.GetBytes(Samples[i]), "0");
            var reading = await _receiver.ReadAsync(source, request);
            Assert.Equal((1, 0), (reading.Reports.Count, reading.Faults.Count));
        }
    }

    [Fact]
    public void A_changed_event_gives_an_answer() =>
        Each(Gen.Select(Gen.Int[0, Samples.Length - 1], Changes), (sample, changes) =>
        {
            var text = new StringBuilder(Samples[sample]);
            foreach (var (at, length, piece) in changes)
            {
                var start = Math.Min(at, text.Length);
                text.Remove(start, Math.Min(length, text.Length - start)).Insert(start, piece);
            }
            return Encoding.UTF8.GetBytes(text.ToString());
        }, leastRead: 20);

    [Fact]
    public void Changed_octets_give_an_answer() =>
        Each(Gen.Select(Gen.Int[0, Samples.Length - 1], Gen.Select(Gen.Int[0, 600], Gen.Byte).Array[1, 5]), (sample, changes) =>
        {
            var octets = Encoding.UTF8.GetBytes(Samples[sample]);
            foreach (var (at, octet) in changes)
                octets[at % octets.Length] = octet;
            return octets;
        }, leastRead: Count / 10);

    [Fact]
    public void Any_value_in_any_place_gives_an_answer() =>
        Each(
            Gen.Select(Gen.Int[0, Samples.Length - 1], Gen.Select(Gen.Int[0, 40], NewValues)),
            (sample, change) =>
            {
                const string Mark = "here it goes";
                var root = JsonNode.Parse(Samples[sample])!;
                var places = Values(root).ToList();
                places[change.Item1 % places.Count].ReplaceWith(Mark);
                return Encoding.UTF8.GetBytes(root.ToJsonString().Replace($"\"{Mark}\"", change.Item2, StringComparison.Ordinal));
            });

    private static IEnumerable<JsonNode> Values(JsonNode node) => node switch
    {
        JsonObject o => o.Where(p => p.Value is not null).SelectMany(p => Values(p.Value!).Prepend(p.Value!)),
        JsonArray a => a.Where(n => n is not null).SelectMany(n => Values(n!).Prepend(n!)),
        _ => [],
    };

    // Always the same ones: a test that fails must fail again.
    private void Each<T>(Gen<(int Sample, T Change)> changes, Func<int, T, byte[]> apply, int leastRead = Count / 2)
    {
        var random = PCG.Parse(Seed);
        var read = 0;
        for (var i = 0; i < Count; i++)
        {
            var (sample, change) = changes.Generate(random, null, out _);
            var octets = apply(sample, change);
            WebhookResult? result = null;
            var thrown = Record.Exception(() => result = Receive(sample, octets));
            Assert.True(thrown is null, $"{Encoding.UTF8.GetString(octets)}\n{thrown}");
            if (result is WebhookResult.Read { Reading: var reading })
            {
                Check(reading);
                read++;
            }
            else
            {
                Assert.IsType<WebhookResult.Malformed>(result);
            }
        }
        // Else only the JSON reader would have been tested.
        Assert.InRange(read, leastRead, Count);
    }

    private static void Check(WebhookReading reading)
    {
        Assert.All(reading.Reports, report =>
        {
            Assert.NotEmpty(report.EventId!);
            Assert.InRange(report.Recipient?.Length ?? 0, 0, 320);
            Assert.False(report.Recipient is null && report.OriginalMessageId is null && report.ReturnPaths.Count == 0);
        });
        Assert.All(reading.Faults, fault => Assert.InRange(fault.Length, 1, 400));
    }

    private WebhookResult Receive(int sample, byte[] octets)
    {
        var (source, request) = Proven(sample, octets, Convert.ToHexString(SHA256.HashData(octets)));
        return _receiver.ReceiveAsync(source, request, CancellationToken.None).GetAwaiter().GetResult();
    }

    private (string Source, WebhookRequest Request) Proven(int sample, byte[] octets, string token)
    {
        switch (sample)
        {
            case 0:
                return ("sparkpost", Webhook.Request(octets, Webhook.Bearer(Token)));
            case 1:
                const string Timestamp = "1773480013";
                var signature = _key.SignData([.. Encoding.UTF8.GetBytes(Timestamp), .. octets], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
                return ("sendgrid", Webhook.Request(octets, ("X-Twilio-Email-Event-Webhook-Signature", Convert.ToBase64String(signature)), ("X-Twilio-Email-Event-Webhook-Timestamp", Timestamp)));
            case 2:
                var time = Webhook.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                var hmac = Convert.ToHexStringLower(HMACSHA256.HashData(MailgunKey, Encoding.UTF8.GetBytes(time + token)));
                return ("mailgun", Webhook.Request(
                    [.. Encoding.UTF8.GetBytes($$"""{"signature": {"timestamp": "{{time}}", "token": "{{token}}", "signature": "{{hmac}}"}, "event-data": """), .. octets, (byte)'}']));
            case 3:
                return ("postmark", Webhook.Request(octets, Webhook.Bearer(Token)));
            case 4:
                return ("acs", Webhook.Request(octets, Webhook.Bearer(Token)));
            default:
                return ("ses", _sns.Notification(Encoding.UTF8.GetString(octets)));
        }
    }
}
