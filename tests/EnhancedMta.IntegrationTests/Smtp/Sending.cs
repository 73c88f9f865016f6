using System.Net;
using System.Text;
using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>A pool and what a test needs to send over it.</summary>
internal static class Sending
{
    public static readonly Egress Egress = new(1, "mta.example.com", null);

    /// <summary>Time-outs for tests that wait for one; on a busy machine good answers may miss them.</summary>
    public static readonly SmtpTimeouts Impatient = new()
    {
        Command = TimeSpan.FromMilliseconds(500),
        DataBlock = TimeSpan.FromMilliseconds(500),
        EndOfData = TimeSpan.FromMilliseconds(500),
    };

    public static TestPool Pool(TestPoolOptions? options = null, TimeProvider? time = null, EgressHealth? health = null) =>
        new(options ?? new(), time ?? TimeProvider.System, health ?? Health(time));

    public static EgressHealth Health(TimeProvider? time = null) => new(time ?? TimeProvider.System, (_, _, _) => Task.CompletedTask);

    /// <summary>A routed site of servers on loopback, in the order of preference.</summary>
    public static Site Site(params IPEndPoint[] hosts) =>
        EnhancedMta.Sites.Site.Of(hosts.Select((host, index) => new MxHost(host.Address.ToString(), index, host.Port) { IsRouted = true }));

    public static Site Site(ScriptedSmtpServer server) => Site(server.EndPoint);

    public static OutboundMail Mail(string text = "From: a@example.com\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n", string recipient = "b@example.net") =>
        new("bounce+1@example.com", recipient, Encoding.Latin1.GetBytes(text), false, false);

    public static Task<AttemptResult> SendAsync(this TestPool pool, ScriptedSmtpServer server, OutboundMail? mail = null) =>
        pool.SendAsync(Egress, Site(server), mail ?? Mail(), TestContext.Current.CancellationToken);

    /// <summary>A port where nobody listens.</summary>
    public static IPEndPoint ClosedPort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    /// <summary>Waits, for ten seconds at most, until something is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 1000 && !isSo(); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(isSo());
    }
}
