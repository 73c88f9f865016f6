using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Chaos.DnsFaults;

internal enum DnsFault
{
    /// <summary>The server fails.</summary>
    ServFail,
    /// <summary>It does not answer.</summary>
    Silent,
}

/// <summary>
/// A DNS server on loopback with a few addresses. It fails only for a while: a wrong NXDOMAIN would be believed, and rightly.
/// </summary>
internal sealed class TroubledDns : IDisposable
{
    // Half a minute of a clock at sixty times the speed is half a second.
    private const int Ttl = 30;

    private readonly DnsServer _server;
    private readonly ConcurrentDictionary<string, IPAddress> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly TaskCompletionSource _isOver = new();
    private readonly FaultTally _tally;
    private int _trouble = -1;

    public TroubledDns(FaultTally tally)
    {
        _tally = tally;
        // The library cannot tell which port the system gave it.
        for (var tries = 0; ; tries++)
        {
            EndPoint = new IPEndPoint(IPAddress.Loopback, Ports.Free());
            var server = new DnsServer(new UdpServerTransport(EndPoint), new TcpServerTransport(EndPoint));
            try
            {
                server.QueryReceived += AnswerAsync;
                server.Start();
                _server = server;
                return;
            }
            catch (SocketException) when (tries < 10)
            {
                // Someone else was faster.
            }
        }
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Null when all is well.</summary>
    public DnsFault? Trouble
    {
        get => Volatile.Read(ref _trouble) is >= 0 and var fault ? (DnsFault)fault : null;
        set => Volatile.Write(ref _trouble, value is { } fault ? (int)fault : -1);
    }

    public void Add(string name, IPAddress address) => _addresses[$"{name}."] = address;

    public void Dispose()
    {
        _isOver.TrySetResult();
        try
        {
            ((IDisposable)_server).Dispose();
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is TaskCanceledException))
        {
            // The library waits for its listeners, and takes it ill when they were stopped before they had begun.
        }
    }

    private async Task AnswerAsync(object sender, QueryReceivedEventArgs arrived)
    {
        var query = (DnsMessage)arrived.Query;
        var question = query.Questions[0];
        var response = query.CreateResponseInstance();
        switch (Trouble)
        {
            case DnsFault.Silent:
                _tally.Add(new Fault("DNS", "no answer"));
                await _isOver.Task;
                return;
            case DnsFault.ServFail:
                _tally.Add(new Fault("DNS", "SERVFAIL"));
                response.ReturnCode = ReturnCode.ServerFailure;
                arrived.Response = response;
                return;
        }

        arrived.Response = response;
        if (!_addresses.TryGetValue(question.Name.ToString(), out var address))
            response.ReturnCode = ReturnCode.NxDomain;
        else if (question.RecordType == RecordType.A)
            response.AnswerRecords.Add(new ARecord(question.Name, Ttl, address));
        if (response.AnswerRecords.Count == 0)
            response.AuthorityRecords.Add(new SoaRecord(DomainName.Parse("test"), Ttl, DomainName.Parse("ns.test"), DomainName.Parse("admin.test"), 1, 3600, 600, 86400, Ttl));
    }
}
