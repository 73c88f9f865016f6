using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Smtp;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Egresses;

/// <summary>Through a submission server that is not ours (npm's smtp-server): all mail, logged in, over verified TLS or not at all.</summary>
public sealed class SmarthostTests : IDisposable
{
    private const string Password = "smarthost secret";

    private readonly PrivateAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("enhancedmta-smarthost-").FullName;
    private readonly EgressHealth _health = Sending.Health();

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Mail_of_all_sites_goes_over_one_session_that_is_encrypted_and_logged_in()
    {
        var (node, port) = await StartAsync("localhost");
        await using var server = node;
        await using var pool = Sending.Pool(health: _health);
        var sessions = new HashSet<string?>();
        foreach (var host in new[] { "192.0.2.1", "192.0.2.2", "192.0.2.3" })
        {
            var result = await SendAsync(pool, Smarthost(port), host);
            Assert.Equal((AttemptOutcome.Accepted, "localhost", true), (result.Outcome, result.MxHost, result.Tls is not null));
            var taken = JsonDocument.Parse(await node.ReadLineAsync()).RootElement;
            Assert.Equal((true, "sender", "mta3.example.com"), (taken.GetProperty("secure").GetBoolean(), taken.GetProperty("user").GetString(), taken.GetProperty("helo").GetString()));
            sessions.Add(taken.GetProperty("id").GetString());
        }
        Assert.Single(sessions);
        // What it says of a recipient is of the recipient.
        var refused = await SendAsync(pool, Smarthost(port), "192.0.2.1", "unknown@example.net");
        Assert.Equal((AttemptOutcome.Refused, 550, SmtpCommand.RcptTo), (refused.Outcome, refused.Reply?.Code, refused.Reply?.Command));
        Assert.Null(_health.Find(Smarthost(port)));
    }

    [Theory]
    [InlineData("a certificate of an authority that is not trusted")]
    [InlineData("a certificate of another host")]
    [InlineData("no STARTTLS")]
    [InlineData("a wrong password")]
    [InlineData("no password")]
    public async Task Where_it_cannot_be_trusted_or_does_not_trust_us_nothing_is_sent_and_the_egress_is_to_blame(string fault)
    {
        var (node, port) = await StartAsync(fault == "a certificate of another host" ? "other.example" : "localhost", fault == "no STARTTLS" ? ["--clear"] : []);
        await using var server = node;
        var egress = fault switch
        {
            "a certificate of an authority that is not trusted" => Smarthost(port, authorities: null),
            "a wrong password" => Smarthost(port, new EgressCredentials("sender", "guessed secret")),
            "no password" => Smarthost(port, credentials: null),
            _ => Smarthost(port),
        };
        await using var pool = Sending.Pool(health: _health);
        var result = await SendAsync(pool, egress, "192.0.2.1");
        Assert.Equal((AttemptOutcome.NoSession, LocalError.EgressFailed, null), (result.Outcome, result.Error, result.Reply));
        Assert.StartsWith("smarthost: localhost", result.Detail, StringComparison.Ordinal);
        Assert.NotNull(_health.Find(egress));
        Assert.DoesNotContain("secret", $"{result} {egress} {egress.Kind} {_health.Find(egress)}", StringComparison.Ordinal);

        // It is not asked again, nor does it get anything.
        var again = await SendAsync(pool, egress, "192.0.2.2");
        Assert.Equal(LocalError.EgressFailed, again.Error);
        node.Input.Close();
        await Assert.ThrowsAsync<InvalidOperationException>(node.ReadLineAsync);
    }

    [Fact]
    public async Task One_that_is_down_is_set_aside()
    {
        var egress = Smarthost(Sending.ClosedPort().Port);
        await using var pool = Sending.Pool(health: _health);
        Assert.Equal(LocalError.EgressFailed, (await SendAsync(pool, egress, "192.0.2.1")).Error);
        Assert.NotNull(_health.Find(egress));
    }

    [Fact]
    public async Task One_that_refuses_the_session_is_to_blame_whatever_its_words()
    {
        await using var server = ScriptedSmtpServer.Start();
        server.Script = step => step.Phase == SmtpPhase.Connect ? SmtpAct.ReplyAndClose("550 5.1.1 User unknown") : null;
        var egress = Smarthost(server.Port);
        await using var pool = Sending.Pool(health: _health);
        var result = await SendAsync(pool, egress, "192.0.2.1");
        Assert.Equal((AttemptOutcome.NoSession, LocalError.EgressFailed, null), (result.Outcome, result.Error, result.Reply));
        Assert.Contains("550 5.1.1 User unknown", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Postfix_takes_mail_from_whoever_logs_in_and_from_nobody_else()
    {
        if (PostfixServer.MissingForSubmission is { } reason)
            Assert.Skip(reason);
        await using var postfix = await PostfixServer.StartSubmissionAsync("smarthost.example", _authority, "sender", Password);
        await using var pool = Sending.Pool(health: _health);
        var result = await SendAsync(pool, Smarthost(postfix.Port), "192.0.2.1");
        Assert.True(result is { Outcome: AttemptOutcome.Accepted, Tls: not null }, result.ToString());
        Assert.Equal(["1@example.com"], await postfix.TakenAsync());

        var stranger = Smarthost(postfix.Port, new EgressCredentials("sender", "guessed secret")) with { PublicId = 4 };
        Assert.Equal(LocalError.EgressFailed, (await SendAsync(pool, stranger, "192.0.2.1")).Error);
        var nobody = Smarthost(postfix.Port, credentials: null) with { PublicId = 5 };
        var refused = await SendAsync(pool, nobody, "192.0.2.1");
        Assert.True(refused.Outcome != AttemptOutcome.Accepted, refused.ToString());
        Assert.Single(await postfix.TakenAsync());
    }

    private static Task<AttemptResult> SendAsync(TestPool pool, Egress egress, string recipientsHost, string recipient = "b@example.net") =>
        pool.SendAsync(egress, Sending.Site(new IPEndPoint(IPAddress.Parse(recipientsHost), 25)), Sending.Mail(recipient: recipient), TestContext.Current.CancellationToken);

    private Egress Smarthost(int port) => Smarthost(port, new EgressCredentials("sender", Password), _authority.Certificates);

    private Egress Smarthost(int port, EgressCredentials? credentials) => Smarthost(port, credentials, _authority.Certificates);

    private static Egress Smarthost(int port, X509Certificate2Collection? authorities) => Smarthost(port, new EgressCredentials("sender", Password), authorities);

    private static Egress Smarthost(int port, EgressCredentials? credentials, X509Certificate2Collection? authorities) => new(3, "mta3.example.com", null)
    {
        Kind = new EgressKind.Smarthost(Site.Of([new MxHost("localhost", 0, port) { IsRouted = true }]), credentials, authorities),
    };

    private async Task<(NodeProcess Node, int Port)> StartAsync(string certificateOf, params string[] more)
    {
        var (key, certificate) = _authority.Issue(certificateOf);
        string[] files = [Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "certificate.pem")];
        await File.WriteAllTextAsync(files[0], key, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(files[1], certificate, TestContext.Current.CancellationToken);
        var node = await NodeProcess.StartAsync("Peers/smtp-server.cjs", ["--login", "sender", Password, "--pem", .. files, .. more]);
        return (node, JsonDocument.Parse(await node.ReadLineAsync()).RootElement.GetProperty("port").GetInt32());
    }
}
