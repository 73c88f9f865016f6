using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;
using EnhancedMta.Retries;
using EnhancedMta.Smtp;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>What a server answers: read in pieces, then qualified.</summary>
internal sealed class RepliesTarget() : FuzzTarget("smtp-replies", weight: 30, maxLength: 70_000)
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. RuleFile.BuiltIn.Rules.SelectMany(rule => rule.Samples).Select(sample => sample.Reply).Take(400).Select(reply => Octets(string.Join("\r\n", reply.Split('\n')) + "\r\n")[0]),
        .. Octets("220 mx.example.net ESMTP\r\n", "250-mx.example.net\r\n250-SIZE 1000\r\n250 PIPELINING\r\n", "421 4.7.0 Try again in 5 minutes\r\n", "250\r\n"),
    ];

    public override IReadOnlyList<byte[]> Words { get; } = Octets(
        "\r\n", "\n", "\r", "550-", "550 ", "250-", "354 ", "421 ", "5.1.1 ", "4.7.1 ", "5.999.999 ", "\0", "\x1b[31m", "é", "\uFEFF", "<a@b.example>", "user unknown", "spam", "try again in ", "seconds", "minutes", "00:00:00", "99999999999999999999", "https://", "%");

    public override void Read(byte[] input, Random random)
    {
        var reader = new ReplyReader();
        try
        {
            for (var rest = input.AsSpan(); !rest.IsEmpty;)
            {
                var piece = rest[..random.Next(1, rest.Length + 1)];
                var isComplete = reader.Feed(piece, out var used);
                Hold(isComplete || used == piece.Length, "a part of an unfinished reply was left");
                rest = rest[used..];
                if (isComplete)
                    Judge(reader.Take((SmtpCommand)random.Next(9)));
            }
        }
        catch (ReplyFormatException)
        {
            // What is no reply is refused.
        }
    }

    private static void Judge(SmtpReply reply)
    {
        Hold(reply.Code is >= 200 and < 600, "a code that is none");
        Hold(reply.Text.Length <= SmtpReply.MaxTextLength, "a text without bounds");
        Hold(!reply.Text.Any(c => char.IsControl(c) && c != '\n'), "a control character came through");
        RetryHint.TryRead(reply.Text, out var delay);
        Hold(delay >= TimeSpan.Zero, "a delay of less than nothing");
        // What is no refusal nobody qualifies.
        if (reply.Code < 400)
            return;
        var verdict = RuleFile.BuiltIn.Decide(reply, "mx.example.net");
        Hold(verdict.Type != FailureType.Hard || verdict.Final, "Hard, and not final");
        Hold(reply.Code >= 500 || verdict is { Final: false, Type: not FailureType.Hard }, $"{reply.Code} is taken for good");
    }
}
