using System.Text.Json;
using EnhancedMta.Dkim;
using EnhancedMta.IntegrationTests.Peers;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>npm's mailauth: a verifier that shares no code with us or with MimeKit.</summary>
internal sealed class Mailauth : IAsyncDisposable
{
    private readonly NodeProcess _node;

    private Mailauth(NodeProcess node) => _node = node;

    /// <summary>Starts it, or skips the test where there is no node.</summary>
    public static async Task<Mailauth> StartAsync(IReadOnlyList<DkimRecord> records) =>
        new(await NodeProcess.StartAsync("Dkim/verify-dkim.cjs", JsonSerializer.Serialize(records.ToDictionary(record => record.Name, record => record.Value))));

    /// <summary>Of each signature, from the top: domain, algorithm and result.</summary>
    public async Task<IReadOnlyList<string>> VerifyAsync(ReadOnlyMemory<byte> mail)
    {
        await _node.Input.WriteLineAsync(JsonSerializer.Serialize(Convert.ToBase64String(mail.Span)));
        await _node.Input.FlushAsync(TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize<List<string>>(await _node.ReadLineAsync())!;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
