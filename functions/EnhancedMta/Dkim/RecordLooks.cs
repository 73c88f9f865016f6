using DnsClient;
using DnsClient.Protocol;
using EnhancedMta.Sites;

namespace EnhancedMta.Dkim;

/// <summary>Looks for keys' records, at each name server for itself: a new record is not everywhere at once.</summary>
internal sealed class RecordLooks : IDisposable
{
    private readonly IReadOnlyList<(string Name, DnsRecords Records)> _servers;

    /// <param name="settings">Which servers, when it says so.</param>
    /// <param name="options">Which servers otherwise, and how they are asked.</param>
    public RecordLooks(DkimSettings settings, DnsOptions options)
    {
        var servers = settings.NameServers.Count > 0 ? settings.NameServers : options.NameServers;
        _servers = servers.Count > 0
            ? [.. servers.Select(server => (server.ToString(), Client(options with { NameServers = [server] })))]
            : [("the system's name servers", Client(options))];
    }

    /// <summary>Never fails: a server that does not answer is <see cref="RecordStatus.Unknown"/>.</summary>
    public async Task<RecordSight> LookAsync(DkimKey key) =>
        new(await Task.WhenAll(_servers.Select(async server =>
        {
            var (status, detail) = await LookAsync(server.Records, key).ConfigureAwait(false);
            return new ServerSight(server.Name, status, detail);
        })).ConfigureAwait(false));

    public void Dispose()
    {
        foreach (var server in _servers)
            server.Records.Dispose();
    }

    private static async Task<(RecordStatus Status, string? Detail)> LookAsync(DnsRecords server, DkimKey key)
    {
        var answer = await server.AskAsync(DkimName.RecordName(key.Domain, key.Selector), QueryType.TXT).ConfigureAwait(false);
        if (answer.Status == DnsStatus.Failed)
            return (RecordStatus.Unknown, answer.Detail);
        if (answer.Status != DnsStatus.Found)
            return (RecordStatus.Missing, answer.Detail);
        var fault = DkimRecordReader.Fault([.. answer.Records.OfType<TxtRecord>().Select(record => string.Concat(record.Text))], key);
        return (fault is null ? RecordStatus.Right : RecordStatus.Wrong, fault);
    }

    private static DnsRecords Client(DnsOptions options) => new(options.CreateClient(), options);
}
