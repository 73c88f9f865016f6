using System.Globalization;
using System.Net.Http.Json;
using EnhancedMta.LocalHost.Commands.Demo;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Screens;

/// <summary>What the screenshots show: an instance at work, of the demo's parts. A finished delivery, a stopped one, a transactional one, and one that is under way.</summary>
internal sealed class Scene(DemoWorld world, Action<string> say)
{
    public const string UnderWay = "DM4711";

    private const string Sender = $"Hilltop Books <news@{Mailing.SenderDomain}>";
    private const int Expected = 5_200;
    private const int Minutes = 52;

    private readonly RetryRounds _rounds = new(world.Host, world.Watch, world.Clock, () => Task.CompletedTask);

    /// <summary>Two egresses, one of them cold; and the sink's providers by their names.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(SmtpSinkServer sink, HostNames names) =>
    [
        new("EnhancedMta:NameServers:0", names.EndPoint.ToString()),
        new("EnhancedMta:AllowPrivateMx", "true"),
        new("EnhancedMta:Egresses:0:PublicId", "1"),
        new("EnhancedMta:Egresses:0:HeloHost", $"mta1.{Mailing.SenderDomain}"),
        new("EnhancedMta:Egresses:0:DeclaredWarm", "true"),
        new("EnhancedMta:Egresses:0:Weight", "4"),
        new("EnhancedMta:Egresses:1:PublicId", "2"),
        new("EnhancedMta:Egresses:1:HeloHost", $"mta2.{Mailing.SenderDomain}"),
        .. SinkProviders.All.SelectMany(provider => provider.Domains.Select(domain => new KeyValuePair<string, string?>(
            $"EnhancedMta:Routes:{domain}", string.Create(CultureInfo.InvariantCulture, $"{provider.Host}:{sink.EndPointOf(domain).Port}")))),
    ];

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        say("a delivery of some days ago");
        await RelayAsync("DM4655", "Autumn reading list", "marketing", 1_400, 1_400, cancellationToken);
        await _rounds.RunAsync(cancellationToken);
        await RelayAsync("DM4698", "A bookmark for everyone", "marketing", 900, 350, cancellationToken);
        await world.Api.StopAsync("DM4698", cancellationToken);
        await RelayAsync("RT0012", "Order confirmations", "transactional", 60, 60, cancellationToken);
        await _rounds.RunAsync(cancellationToken);

        say("a delivery under way");
        var mailing = new Mailing(UnderWay, Expected * 9 / 10);
        await DeclareAsync(UnderWay, "Three books for your weekend", "marketing", Expected, cancellationToken);
        // As Campaign relays: more and less from minute to minute.
        var weights = Enumerable.Range(0, Minutes).Select(minute => 1 + 0.6 * Math.Sin(minute / 5.0) + 0.25 * Math.Sin(minute * 1.7)).ToList();
        var (done, weight) = (0, 0.0);
        foreach (var share in weights)
        {
            weight += share;
            var until = (int)Math.Round(mailing.Messages.Count * weight / weights.Sum());
            var now = world.Clock.GetUtcNow();
            world.Clock.AdvanceTo(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(1).AddSeconds(5));
            await world.Host.RunTimerAsync("QueueDueRetries", cancellationToken);
            if (until > done)
                await world.Api.RelayAsync(UnderWay, RelayBody.Of(mailing.Messages.Skip(done).Take(until - done)), cancellationToken);
            done = until;
            await _rounds.SettleAsync(cancellationToken);
        }

        say("an operator suspends a path");
        await SuspendAsync("smtp.oxcart.example", cancellationToken);
    }

    private async Task SuspendAsync(string site, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { { FunctionKeys.Header, world.Keys.Function } } };
        using var answer = await http.PostAsJsonAsync(
            new Uri(world.Host.Address, $"api/paths/{await world.Api.PathAsync(site, cancellationToken)}"),
            new { action = "suspend", @for = "PT4H", reason = "their postmaster asked for a pause" },
            cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private async Task RelayAsync(string id, string label, string priority, int expected, int messages, CancellationToken cancellationToken)
    {
        await DeclareAsync(id, label, priority, expected, cancellationToken);
        await world.Api.RelayAsync(id, RelayBody.Of(new Mailing(id, messages).Messages), cancellationToken);
        await _rounds.SettleAsync(cancellationToken);
    }

    private Task<DeclarationAnswer> DeclareAsync(string id, string label, string priority, int expected, CancellationToken cancellationToken) =>
        world.Api.DeclareAsync(id, new { label, sender = Sender, priority, expectedSize = expected }, cancellationToken);
}
