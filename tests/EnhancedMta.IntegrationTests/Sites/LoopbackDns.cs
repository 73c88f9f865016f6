using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;
using EnhancedMta.Sites;

namespace EnhancedMta.IntegrationTests.Sites;

/// <summary>A DNS server on loopback with the zone <c>test.</c>; names outside it do not exist.</summary>
internal sealed class LoopbackDns : IDisposable
{
    private readonly DnsServer _server;
    private readonly ConcurrentDictionary<string, List<DnsRecordBase>> _records = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> _questions = new();
    private readonly TaskCompletionSource _isOver = new();
    private int _inFlight;
    private int _mostInFlight;

    public LoopbackDns()
    {
        // The server cannot tell which port the system gave it.
        for (var tries = 0; ; tries++)
        {
            EndPoint = FreePort();
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

    /// <summary>What was asked so far, as <c>TYPE name</c>.</summary>
    public IReadOnlyList<string> Questions => [.. _questions];

    /// <summary>Questions that were waiting for an answer at the same moment, at most. Those that never get one are not counted.</summary>
    public int MostInFlight => Volatile.Read(ref _mostInFlight);

    /// <summary>Names below these fail with SERVFAIL, and these never answer.</summary>
    public ConcurrentDictionary<string, ReturnCode?> Failing { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Held up while it is not completed.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public DnsOptions Options => new() { NameServers = [EndPoint], Timeout = TimeSpan.FromMilliseconds(500), Retries = 0 };

    public void Mx(string name, int preference, string exchange, int ttl = 300) => Add(new MxRecord(Name(name), ttl, (ushort)preference, Name(exchange)));

    public void A(string name, string address, int ttl = 300) => Add(new ARecord(Name(name), ttl, IPAddress.Parse(address)));

    public void Aaaa(string name, string address, int ttl = 300) => Add(new AaaaRecord(Name(name), ttl, IPAddress.Parse(address)));

    /// <summary>One record of one or more strings.</summary>
    public void Txt(string name, params IEnumerable<string> strings) => Add(new TxtRecord(Name(name), 300, strings));

    public void Cname(string name, string target) => Add(new CNameRecord(Name(name), 300, Name(target)));

    public void Tlsa(string name, int usage, int selector, int matching, byte[] data) =>
        Add(new TlsaRecord(Name(name), 300, (TlsaRecord.TlsaCertificateUsage)usage, (TlsaRecord.TlsaSelector)selector, (TlsaRecord.TlsaMatchingType)matching, data));

    /// <summary>Names at and below these are answered as a validating resolver answers for signed zones: with the AD bit, for who asks for it.</summary>
    public ConcurrentDictionary<string, byte> Signed { get; } = new(StringComparer.OrdinalIgnoreCase);

    public void Clear(string name) => _records.TryRemove(Name(name).ToString(), out _);

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

    private void Add(DnsRecordBase record) => _records.GetOrAdd(record.Name.ToString(), _ => []).Add(record);

    private async Task AnswerAsync(object sender, QueryReceivedEventArgs arrived)
    {
        var query = (DnsMessage)arrived.Query;
        var question = query.Questions[0];
        var name = question.Name.ToString();
        _questions.Enqueue($"{question.RecordType.ToString().ToUpperInvariant()} {name.TrimEnd('.')}");
        var inFlight = Interlocked.Increment(ref _inFlight);
        for (var most = MostInFlight; inFlight > most; most = MostInFlight)
            Interlocked.CompareExchange(ref _mostInFlight, inFlight, most);
        await Gate;
        // Its answer is still to be sent, but nobody else's question can be counted for it any more.
        Interlocked.Decrement(ref _inFlight);
        var response = query.CreateResponseInstance();
        arrived.Response = response;
        if (Failing.TryGetValue(name.TrimEnd('.'), out var failure))
        {
            if (failure is null)
                await _isOver.Task;
            response.ReturnCode = failure ?? ReturnCode.NoError;
            return;
        }
        response.IsAuthenticData = query.IsDnsSecOk && Signed.Keys.Any(zone => $".{name}".EndsWith($".{zone}.", StringComparison.OrdinalIgnoreCase));
        response.ReturnCode = _records.ContainsKey(name) ? ReturnCode.NoError : ReturnCode.NxDomain;
        Follow(name, question.RecordType, response.AnswerRecords);
        if (response.AnswerRecords.Count == 0)
            response.AuthorityRecords.Add(new SoaRecord(Name("test"), 900, Name("ns.test"), Name("admin.test"), 1, 3600, 600, 86400, 120));
    }

    // As a resolver does: the alias, and what stands at its end.
    private void Follow(string name, RecordType type, List<DnsRecordBase> answer)
    {
        if (!_records.TryGetValue(name, out var records))
            return;
        answer.AddRange(records.Where(record => record.RecordType == type));
        foreach (var alias in records.OfType<CNameRecord>().Where(_ => type != RecordType.CName))
        {
            answer.Add(alias);
            Follow(alias.CanonicalName.ToString(), type, answer);
        }
    }

    private static DomainName Name(string name) => name == "." ? DomainName.Root : DomainName.Parse(name);

    private static IPEndPoint FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
