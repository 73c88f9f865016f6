using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>The local host with all that it talks to.</summary>
internal sealed class SoakScene : IAsyncDisposable
{
    private static readonly JsonSerializerOptions NoNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private SoakScene(AzuriteEmulator azurite, SmtpSinkServer sink, SoakFeedback feedback, LocalApp app, CountingLog log, string temporary) =>
        (Azurite, Sink, Feedback, App, Log, Temporary) = (azurite, sink, feedback, app, log, temporary);

    public AzuriteEmulator Azurite { get; }

    public SmtpSinkServer Sink { get; }

    public SoakFeedback Feedback { get; }

    public LocalApp App { get; }

    /// <summary>What the app says.</summary>
    public CountingLog Log { get; }

    /// <summary>The app's folder for temporary files.</summary>
    public string Temporary { get; }

    /// <param name="rate">Messages a second, which one site's limit follows.</param>
    /// <param name="folder">For data.</param>
    /// <param name="output">For what the app says.</param>
    /// <param name="more">App settings beside the scene's own.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<SoakScene> StartAsync(double rate, string folder, string output, IReadOnlyDictionary<string, string> more, CancellationToken cancellationToken)
    {
        var parts = new Stack<IAsyncDisposable>();
        try
        {
            // Its tables are saved when it is closed. Each save stops it for as long as it takes to write them, and they are meant to grow.
            var azurite = await AzuriteEmulator.StartAsync(new() { Folder = Path.Combine(folder, "azurite"), SaveInterval = TimeSpan.FromDays(10) }, cancellationToken);
            parts.Push(azurite);
            var sink = await SmtpSinkServer.StartAsync(new() { Personas = SoakSites.Personas }, cancellationToken);
            parts.Push(sink);
            var feedback = await SoakFeedback.StartAsync(cancellationToken);
            parts.Push(feedback);
            var log = new CountingLog(Path.Combine(output, "app.log"));
            parts.Push(log);
            var settings = await SettingsAsync(rate, folder, sink, feedback, cancellationToken);
            foreach (var (name, value) in more)
                settings[name] = value;
            var temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName;
            // Inherited.
            Environment.SetEnvironmentVariable("TMPDIR", temporary);
            var app = await LocalApp.StartAsync(folder, azurite.ConnectionString, settings, log, cancellationToken);
            parts.Push(app);
            // Rules that are refused leave those of before in force.
            if (!(await app.SendAsync(HttpMethod.Get, "api/mx-rules", null, cancellationToken)).ToString().Contains("\"limited\"", StringComparison.Ordinal))
                throw new InvalidOperationException($"The rules of the scene are not in force. {app.LastLines}");
            return new SoakScene(azurite, sink, feedback, app, log, temporary);
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
        await Log.DisposeAsync();
        await Feedback.DisposeAsync();
        await Sink.DisposeAsync();
        await Azurite.DisposeAsync();
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(double rate, string folder, SmtpSinkServer sink, SoakFeedback feedback, CancellationToken cancellationToken)
    {
        var rules = Path.Combine(folder, "mx-rules.json");
        await File.WriteAllTextAsync(rules, JsonSerializer.Serialize(new { rules = SoakSites.Rules(rate) }, NoNulls), cancellationToken);
        var keyFile = Path.Combine(folder, "dkim.pem");
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync(keyFile, key.ExportRSAPrivateKeyPem(), cancellationToken);
        var settings = new Dictionary<string, string>
        {
            ["EnhancedMta__ReturnPathKeys__0"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["EnhancedMta__Dkim__0__Domain"] = Letter.SenderDomain,
            ["EnhancedMta__Dkim__0__Selector"] = "bench",
            ["EnhancedMta__Dkim__0__PrivateKeyFile"] = keyFile,
            ["EnhancedMta__MxRulesFile"] = rules,
            ["EnhancedMta__Feedback__Url"] = feedback.Url,
            ["EnhancedMta__Feedback__TrustedHosts__0"] = new Uri(feedback.Url).Host,
            ["EnhancedMta__Feedback__Keys__0__Id"] = "soak",
            ["EnhancedMta__Feedback__Keys__0__Secret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        foreach (var domain in SoakSites.Domains)
            settings[$"EnhancedMta__Routes__{domain}"] = sink.EndPointOf(domain).ToString();
        return settings;
    }

    /// <summary>A file, and how large it has become.</summary>
    internal sealed class CountingLog(string file) : TextWriter
    {
        private readonly StreamWriter _file = new(file) { AutoFlush = true };
        private readonly Lock _lock = new();
        private long _octets;
        private int _faults;

        public override Encoding Encoding => Encoding.UTF8;

        public long Octets => Interlocked.Read(ref _octets);

        /// <summary>Lines that tell a fault.</summary>
        public int Faults => Volatile.Read(ref _faults);

        public override void WriteLine(string? value)
        {
            lock (_lock)
            {
                _file.WriteLine(value);
                _octets += Encoding.UTF8.GetByteCount(value ?? "") + 1;
                if (value?.Contains("fail:", StringComparison.Ordinal) == true || value?.Contains("crit:", StringComparison.Ordinal) == true)
                    _faults++;
            }
        }

        protected override void Dispose(bool disposing)
        {
            lock (_lock)
                _file.Dispose();
            base.Dispose(disposing);
        }
    }
}
