using System.Diagnostics;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Settings;

namespace EnhancedMta.IntegrationTests.Commands;

/// <summary>The command as operators run it: a process, its standard streams and its exit code.</summary>
public sealed class QualifyCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qualify-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Replies_are_qualified_line_by_line_whatever_the_log_called_the_command()
    {
        var (lines, said, exit) = await RunAsync(
            """
            {"id":1,"reply":"550 5.1.1 <ada@example.com>: User unknown","command":"RCPT TO:<ada@example.com>","mx":"mx.example.net"}
            {"id":"two","reply":["452-4.2.2 The mailbox","452 4.2.2 is full"],"command":"end of DATA command"}
            {"id":{"n":3},"reply":"421-4.7.29 no TLS 421 4.7.29 slow","command":"QUIT","mx":"gmail-smtp-in.l.google.com"}

            {"id":4,"reply":"550 Sorry","command":"RCPT"}
            {"id":5,"reply":"550 Sorry","command":"DATA","mx":null}
            """, "qualify");
        Assert.Equal((0, ""), (exit, said));
        Assert.Equal(
            ["id", "type", "reason", "reasonLabel", "code", "codeName", "class", "rule", "normalized"],
            lines[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["1 Hard 1 User unknown 10 unknownUser unknown-user 550 5.1.1 <*>: User unknown", "\"two\" Soft 5 Mailbox full 22 mailboxFull mailbox-full 452 4.2.2 The mailbox 4.2.2 is full"],
            lines.Take(2).Select(l => string.Join(' ', new[] { l.GetProperty("id").GetRawText() }.Concat(new[] { "type", "reason", "reasonLabel", "code", "class", "rule", "normalized" }.Select(n => l.GetProperty(n).ToString())))));
        Assert.Equal(["google-tls", "code-550-rcpt", "code-55x"], lines.Skip(2).Select(l => l.GetProperty("rule").GetString()!));
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_named_and_spoils_no_other()
    {
        var (lines, said, exit) = await RunAsync("{\"id\":1}\n{\n[]\n{\"id\":2,\"reply\":7}\n{\"id\":3,\"reply\":\"\\ud800\"}\n{\"id\":4,\"reply\":\"550 No such user\"}\n", "qualify");
        Assert.Equal(1, exit);
        Assert.Equal(4, Assert.Single(lines).GetProperty("id").GetInt32());
        Assert.Equal(["line 1: reply: is missing", "line 2: is no JSON", "line 3: must be an object", "line 4: reply: must be text", "line 5: reply: has characters"], said.Trim().Split('\n').Select((line, i) => line[..Math.Min(line.Length, new[] { 25, 18, 25, 27, 29 }[i])]));
    }

    [Fact]
    public async Task Mails_give_a_line_for_each_recipient_or_say_why_not()
    {
        var bounce = SampleBounces.Failed("b-x@bounces.example", "ada@recipients.example", "5.1.1", "550 5.1.1 No such person")
            .Replace("Final-Recipient", "Final-Recipient: rfc822; bob@recipients.example\r\nAction: delayed\r\nStatus: 4.2.2\r\nDiagnostic-Code: smtp; 452 4.2.2 Mailbox full\r\n\r\nFinal-Recipient", StringComparison.Ordinal);
        var (lines, said, exit) = await RunAsync("", "qualify", "--mail", Write("bounce.eml", bounce), Write("away.eml", "From: ada@recipients.example\r\nTo: b@bounces.example\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am on holiday.\r\n"), Write("other.eml", "From: a@b.example\r\nSubject: Hello\r\n\r\nHello\r\n"), Path.Combine(_folder, "missing.eml"));
        Assert.Equal(1, exit);
        Assert.Contains("missing.eml", said, StringComparison.Ordinal);
        Assert.Equal(
            ["dsn bob@recipients.example delayed 4.2.2 Ignored 5", "dsn ada@recipients.example failed 5.1.1 Hard 1", "autoreply ada@recipients.example   Ignored 25"],
            lines.Take(3).Select(l => string.Join(' ', new[] { "kind", "recipient", "action", "status", "type", "reason" }.Select(n => l.GetProperty(n).ToString()))));
        Assert.Equal("other", lines[3].GetProperty("kind").GetString());
        Assert.True(lines[3].TryGetProperty("remark", out _));
    }

    [Fact]
    public async Task A_rule_set_is_tried_and_what_would_change_is_told()
    {
        var rules = Write("rules.json", """{ "rules": [{ "id": "mine", "any": "house rules", "class": "policyRefusal", "samples": ["550 The house rules say no"] }] }""");
        const string replies = "{\"id\":1,\"reply\":\"550 5.1.1 house rules: user unknown\"}\n{\"id\":2,\"reply\":\"550 5.1.1 User unknown\"}\n";
        var (lines, _, exit) = await RunAsync(replies, "qualify", "--rules", rules, "--json");
        Assert.Equal(0, exit);
        Assert.Equal((1, "unknown-user", "mine"), (lines[0].GetProperty("id").GetInt32(), lines[0].GetProperty("from").GetProperty("rule").GetString(), lines[0].GetProperty("to").GetProperty("rule").GetString()));
        var summary = lines[1].GetProperty("summary");
        Assert.Equal((2, 1, 0), (summary.GetProperty("looked").GetInt32(), summary.GetProperty("changed").GetInt32(), summary.GetProperty("unreadable").GetInt32()));

        var (table, _) = await TextAsync(replies, "qualify", "--rules", rules);
        Assert.Contains("Hard, User unknown", table, StringComparison.Ordinal);
        Assert.Contains("1 of 2 would change", table, StringComparison.Ordinal);
        var (check, checkExit) = await TextAsync("", "qualify", "--rules", rules, "--check");
        Assert.Equal(0, checkExit);
        Assert.StartsWith("1 rules before ", check, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_rules_and_arguments_are_refused_with_their_reason()
    {
        var rules = Write("rules.json", "{ \"rules\": [\n{ \"id\": \"mine\", \"any\": \"x\", \"class\": \"nonsense\", \"samples\": [\"550 x\"] } ] }");
        var (_, said, exit) = await RunAsync("", "qualify", "--rules", rules);
        Assert.Equal(1, exit);
        Assert.Contains("line 2, rule \"mine\": class \"nonsense\" is not known", said, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("", "qualify", "--rules", Path.Combine(_folder, "missing.json"))).Exit);
        foreach (var arguments in new string[][] { ["--mial"], ["--mail"], ["--rules"], ["--check", "--mail", "x"] })
            Assert.Equal(2, (await RunAsync("", ["qualify", .. arguments])).Exit);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private async Task<(List<JsonElement> Lines, string Said, int Exit)> RunAsync(string input, params string[] arguments)
    {
        var (output, said, exit) = await ProcessAsync(input, arguments);
        return ([.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<JsonElement>(line))], said, exit);
    }

    private async Task<(string Output, int Exit)> TextAsync(string input, params string[] arguments)
    {
        var (output, _, exit) = await ProcessAsync(input, arguments);
        return (output, exit);
    }

    private async Task<(string Output, string Said, int Exit)> ProcessAsync(string input, string[] arguments)
    {
        using var program = Process.Start(new ProcessStartInfo("dotnet", [typeof(LocalSettings).Assembly.Location, .. arguments])
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, said) = (program.StandardOutput.ReadToEndAsync(Cancel), program.StandardError.ReadToEndAsync(Cancel));
        await program.StandardInput.WriteAsync(input);
        program.StandardInput.Close();
        await program.WaitForExitAsync(Cancel);
        return (await output, await said, program.ExitCode);
    }
}
