using System.Text.Json;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Storage;
using EnhancedMta.Sweeping;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Telemetry;

/// <summary>The log of the whole app at its most talkative: ids of deliveries and messages, and neither addresses nor content.</summary>
public sealed class RedactionTests(AzuriteFixture azurite)
{
    private const string Domain = MtaUnderTest.Domain;

    /// <summary>Local parts, words of subjects and bodies, names: whatever a mail says, and nothing else does.</summary>
    private static readonly string[] Secrets =
    [
        "alice.wonderland", "bob.nowhere", "carol.greyish", "dave.crowded", "erin.bounced", "frank.malformed", "grace.duplicate", "heidi.erased", "ivan.poisoned", "judy.webhook", "mallory.lost",
        "zephyrium", "quixotry", "brouhaha", "xylographer",
    ];

    [Fact]
    public async Task No_line_of_the_log_has_an_address_or_a_word_of_a_mail()
    {
        var log = new TestLog();
        using var provider = log.NewProvider();
        await using var mta = await MtaUnderTest.StartAsync(
            azurite,
            [
                new("unknown", new SinkReply(550, "5.1.1", "<{recipient}>: bob.nowhere is unknown here")) { Prefix = "bob" },
                new("grey", new SinkReply(451, "4.7.1", "Greylisted {recipient} for zephyrium, come back later")) { Prefix = "carol", Tries = 1 },
                new("full", new SinkReply(452, "4.2.2", "{recipient} has no room for quixotry")) { Prefix = "dave" },
                new("session", new SinkReply(421, "4.7.0", "Too much from {recipient}")) { Prefix = "archive", Tries = 1 },
            ],
            null, null,
            [new("EnhancedMta:BccAddress", $"archive@{Domain}"), new("EnhancedMta:Webhooks:SendGrid:Username", "sendgrid"), new("EnhancedMta:Webhooks:SendGrid:Password", "a password of tests")],
            provider);

        await mta.DeclareAsync("d", new { expectedSize = 100, validityPeriod = "PT2H" });
        await RelayAsync(mta, 202, Line("1", "alice.wonderland"), Line("2", "bob.nowhere"), Line("3", "carol.greyish"), Line("4", "dave.crowded"), Line("5", "erin.bounced"), Line("6", "heidi.erased"));
        // Bad input of all sorts, one request that is no JSON at all, one of a delivery that nobody declared.
        await RelayAsync(mta, 202, Line("7", "frank.malformed@"), Line("1", "grace.duplicate"), "{ \"to\": \"frank.malformed@@\", zephyrium", """{"messageId": "8", "to": "frank.malformed quixotry", "subject": 7}""");
        await mta.SendAsync(HttpMethod.Post, "deliveries/none/messages", 404, MtaUnderTest.Ndjson(Line("1", "frank.malformed")));
        await mta.SendAsync(HttpMethod.Get, $"deliveries/d/logs?address=alice.wonderland@{Domain}", 200);
        await mta.SendAsync(HttpMethod.Get, "deliveries/d/logs?address=frank.malformed%20quixotry", 400);
        await mta.SettledAsync("d", waiting: 2);
        // A bounce that came back, one about nobody of ours, one that is no mail.
        await mta.BounceAsync(SampleBounces.Failed(await mta.ReturnPathAsync("d", "5"), $"erin.bounced@{Domain}", "5.1.1", $"550 5.1.1 erin.bounced@{Domain} brouhaha"));
        await mta.BounceAsync(SampleBounces.Failed("nobody@bounces.example", $"judy.webhook@{Domain}", "5.1.1", "550 xylographer"));
        await mta.BounceAsync("erin.bounced zephyrium quixotry");
        await mta.BouncesWorkedOffAsync();
        using (var events = new StringContent($$"""[{"email": "judy.webhook@{{Domain}}", "event": "bounce", "reason": "550 judy.webhook@{{Domain}} xylographer"}, {"email": ["judy.webhook"]}]"""))
            await SendAnywayAsync(mta, "bounces/sendgrid", events);
        // Timers, to the end of the validity.
        await mta.CopiedAsync("d");
        // Content that is lost; work that was put aside; an erasure.
        await mta.DeclareAsync("lost", new { expectedSize = 1 });
        await mta.Host.Services.GetRequiredService<PoisonedWork>().HandleAsync(QueueNames.Bounces, $$"""{"mail": "x", "recipient": "ivan.poisoned@{{Domain}}"}""", TestContext.Current.CancellationToken);
        await mta.SendAsync(HttpMethod.Post, "erasures", 200, Json(new { address = $"heidi.erased@{Domain}" }));
        await mta.SendAsync(HttpMethod.Post, "erasures", 400, Json(new { address = "heidi.erased quixotry" }));
        foreach (var timer in (string[])["Sweep", "MeasureState", "Purge", "EraseRecipients"])
            await mta.Host.RunTimerAsync(timer, TestContext.Current.CancellationToken);

        var lines = log.Lines.Select(l => l.Text).ToList();
        // It does talk: of each message by its id, of each batch, of the bounce and the incident.
        foreach (var id in (string[])["1", "2", "3", "4", "5", "6"])
            Assert.Contains(lines, l => l.StartsWith($"Message {id} of delivery d:", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("Batch d~000/", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("message 5 failed", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("Incident poison on bounces", StringComparison.Ordinal));
        Assert.All(Secrets, secret => Assert.DoesNotContain(lines, l => l.Contains(secret, StringComparison.OrdinalIgnoreCase)));
        Assert.DoesNotContain(lines, l => l.Contains('@', StringComparison.Ordinal));
    }

    private static string Line(string messageId, string localPart) => JsonSerializer.Serialize(new
    {
        messageId,
        to = $"{localPart}@{Domain}",
        from = "Brouhaha <news@sender.example>",
        subject = $"Zephyrium for {localPart}",
        text = $"Dear {localPart},\nquixotry and xylographer.",
    });

    private static Task<JsonElement> RelayAsync(MtaUnderTest mta, int status, params string[] lines) =>
        mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", status, MtaUnderTest.Ndjson(string.Join('\n', lines)));

    private static async Task SendAnywayAsync(MtaUnderTest mta, string path, HttpContent content)
    {
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("sendgrid:a password of tests"u8));
        using var response = await mta.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
}
