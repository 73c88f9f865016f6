using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Overload;

/// <summary>
/// A local host, and recipients' servers that take their time with marketing mail: what can be relayed is little then, and ten times as much can be
/// offered by a client that shares the machine. Transactional mail goes to a server that does not.
/// </summary>
internal sealed class OverloadScene : IAsyncDisposable
{
    public const string Slow = "slow.test";
    public const string Quick = "quick.test";

    private const int Connections = 8;
    private static readonly IPAddress SlowAddress = new([127, 0, 0, 41]);
    private static readonly IPAddress QuickAddress = new([127, 0, 0, 42]);
    private static readonly TimeSpan Thought = TimeSpan.FromMilliseconds(8);

    private OverloadScene(AzuriteEmulator azurite, SmtpSinkServer sink, LocalApp app, Arrivals arrivals) => (Azurite, Sink, App, Arrivals) = (azurite, sink, app, arrivals);

    public AzuriteEmulator Azurite { get; }

    public SmtpSinkServer Sink { get; }

    public LocalApp App { get; }

    public Arrivals Arrivals { get; }

    public static async Task<OverloadScene> StartAsync(int wait, string folder, CancellationToken cancellationToken)
    {
        var parts = new Stack<IAsyncDisposable>();
        try
        {
            var arrivals = new Arrivals();
            var azurite = await AzuriteEmulator.StartAsync(new() { Folder = Path.Combine(folder, "azurite") }, cancellationToken);
            parts.Push(azurite);
            var sink = await SmtpSinkServer.StartAsync(
                new()
                {
                    Personas = [new("slow", "mx." + Slow, [Slow]) { Address = SlowAddress, Delay = Thought }, new("quick", "mx." + Quick, [Quick]) { Address = QuickAddress }],
                    Observer = arrivals,
                },
                cancellationToken);
            parts.Push(sink);
            var rules = Path.Combine(folder, "mx-rules.json");
            await File.WriteAllTextAsync(rules, JsonSerializer.Serialize(new { rules = new[] { Rule("slow", SlowAddress), Rule("quick", QuickAddress) } }), cancellationToken);
            var settings = new Dictionary<string, string>
            {
                ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
                ["EnhancedMta__Dkim__Unsigned__0"] = "*",
                ["EnhancedMta__MxRulesFile"] = rules,
                ["EnhancedMta__Admission__MarketingWait"] = TimeSpan.FromSeconds(wait).ToString("c", CultureInfo.InvariantCulture),
                [$"EnhancedMta__Routes__{Slow}"] = sink.EndPointOf(Slow).ToString(),
                [$"EnhancedMta__Routes__{Quick}"] = sink.EndPointOf(Quick).ToString(),
            };
            var app = await LocalApp.StartAsync(folder, azurite.ConnectionString, settings, null, cancellationToken);
            parts.Push(app);
            return new OverloadScene(azurite, sink, app, arrivals);
        }
        catch
        {
            foreach (var part in parts)
                await part.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Sink.DisposeAsync();
        await Azurite.DisposeAsync();
    }

    private static object Rule(string name, IPAddress address) => new
    {
        id = name,
        mx = address.ToString(),
        maxConnections = Connections,
        maxMessagesPerConnection = 1_000,
        tls = "off",
        why = "Of the benchmark.",
    };
}
