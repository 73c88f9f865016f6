using System.Text;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

/// <summary>What holds for all sources, shown with one that needs no signature.</summary>
public sealed class WebhookReceiverTests
{
    private const string Token = "a token of some length";
    private const string Bounce = """{"msys": {"message_event": {"type": "bounce", "event_id": "1", "rcpt_to": "jane@mail.example"}}}""";

    private readonly WebhookReceiver _receiver = Webhook.Receiver(new WebhookSettings { SparkPost = new RepeatedSecrets(null, new SharedSecret(Token)) });

    [Fact]
    public async Task An_unknown_source_is_unknown() =>
        Assert.IsType<WebhookResult.UnknownSource>(await _receiver.ReceiveAsync("pigeon", Webhook.Request(""), TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_source_without_its_secret_is_off_and_names_the_setting()
    {
        var receiver = Webhook.Receiver(WebhookSettings.None);
        foreach (var source in WebhookReceiver.Sources)
        {
            var result = await receiver.ReceiveAsync(source, Webhook.Request("[]"), TestContext.Current.CancellationToken);
            Assert.StartsWith($"EnhancedMta__Webhooks__{source}__", Assert.IsType<WebhookResult.NotConfigured>(result).Setting, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_many_octets_or_events_are_refused()
    {
        Assert.Contains("octets", await MalformedAsync(new string(' ', WebhookReceiver.MaxLength + 1)), StringComparison.Ordinal);
        Assert.Contains("at most 10000", await MalformedAsync($"[{string.Join(',', Enumerable.Repeat("0", WebhookReceiver.MaxEvents + 1))}]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_many_events_as_are_allowed_are_read() =>
        Assert.Equal(WebhookReceiver.MaxEvents, (await ReadAsync($"[{string.Join(',', Enumerable.Repeat(Bounce, WebhookReceiver.MaxEvents))}]")).Reports.Count);

    [Fact]
    public async Task Deep_nesting_is_refused_and_not_followed() =>
        Assert.Contains("nested too deeply", await MalformedAsync(new string('[', 1_000_000)), StringComparison.Ordinal);

    [Fact]
    public async Task Many_faults_and_kinds_do_not_make_a_long_answer()
    {
        var faults = (await ReadAsync($"[{string.Join(',', Enumerable.Repeat("0", 5_000))}]")).Faults;
        Assert.Equal((101, "and 4900 more"), (faults.Count, faults[^1]));
        var ignored = (await ReadAsync($"[{string.Join(',', Enumerable.Range(0, 5_000).Select(i => $$$$"""{"msys": {"x": {"type": "t{{{{i}}}}"}}}"""))}]")).Ignored;
        Assert.Equal((101, 4_900), (ignored.Count, ignored["other"]));
    }

    [Fact]
    public async Task Strings_are_bounded()
    {
        var reading = await ReadAsync($$$$"""
            [{"msys": {"message_event": {"type": "bounce", "event_id": "1", "rcpt_to": "jane@mail.example", "raw_reason": "{{{{new string('x', 100_000)}}}}"}}},
             {"msys": {"message_event": {"type": "bounce", "event_id": "2", "rcpt_to": "{{{{new string('x', 100_000)}}}}@mail.example"}}},
             {"msys": {"{{{{new string('x', 100_000)}}}}": {"type": "bounce", "rcpt_to": 1e5, "event_id": []}}}]
            """);
        Assert.InRange(Assert.Single(reading.Reports).Reply!.Text.Length, 1, 1024);
        Assert.Equal(["[1].msys.message_event.rcpt_to: is longer than 320 characters", "[2].msys.….event_id: must be a string"], reading.Faults);
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"a\\r\\nb\"")]
    [InlineData("\"\xff\"")]
    public async Task Broken_and_control_characters_are_faults_of_their_event(string value)
    {
        var body = Encoding.Latin1.GetBytes($$$$"""[{"msys": {"message_event": {"type": "bounce", "rcpt_to": {{{{value}}}}}}},{{{{Bounce}}}}]""");
        var reading = await _receiver.ReadAsync("sparkpost", Webhook.Request(body, Webhook.Bearer(Token)));
        Assert.StartsWith("[0].msys.message_event.rcpt_to: contains", Assert.Single(reading.Faults), StringComparison.Ordinal);
        Assert.Single(reading.Reports);
    }

    private Task<WebhookReading> ReadAsync(string body) => _receiver.ReadAsync("sparkpost", Webhook.Request(body, Webhook.Bearer(Token)));

    private Task<string> MalformedAsync(string body) => _receiver.MalformedAsync("sparkpost", Webhook.Request(body, Webhook.Bearer(Token)));
}
