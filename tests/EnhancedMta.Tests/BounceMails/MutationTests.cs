using System.Text;
using CsCheck;
using EnhancedMta.BounceMails;
using EnhancedMta.Bounces;

namespace EnhancedMta.Tests.BounceMails;

public sealed class MutationTests
{
    private static readonly byte[][] Samples =
    [
        .. FailureNoticeTests.Forms.Select(row => Octets(Mails.Notice(row.Data.Item2))),
        Octets(Mails.Status("Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n\nFinal-Recipient: utf-8; \\x{E9}l@example.com\nAction: delayed\nStatus: 4.2.2 (full)\n")),
        Octets(Mails.Status("Feedback-Type: abuse\nOriginal-Rcpt-To: anna@example.com\n").Replace("message/delivery-status", "message/feedback-report")),
        Octets(Mails.Notice("<html><body><p>could not be delivered to <a href=\"mailto:anna@example.com\">anna</a></p></body></html>").Replace("text/plain", "text/html")),
        Octets(Mails.Notice("PGFubmFAZXhhbXBsZS5jb20+Ogo1NTAgdW5rbm93bgo=", headers: "Content-Transfer-Encoding: base64")),
    ];

    private static readonly byte[][] Splinters =
    [
        .. new[]
        {
            "\r\n", "\r\n\r\n", "--part\r\n", "--part--\r\n", "Content-Type: message/rfc822\r\n\r\n", "Content-Type: multipart/mixed; boundary=part\r\n", "charset=utf-16", "charset=iso-2022-jp", "\u001b$B", "Content-Transfer-Encoding: base64\r\n",
            "Content-Transfer-Encoding: quoted-printable\r\n", "<", ">", "@", "\"", ":", "<anna@example.com>:", ">>> RCPT TO:<", "<<< 550-", "550 5.1.1 ", "Action: ", "(expanded from: <a@b>)", "\0", "=?utf-8?B?", "From: ", "----- Original message -----\r\n", "\\x{110000}", "5.999.999",
        }.Select(Octets),
    ];

    private static readonly Gen<Func<byte[], byte[]>> Mutation = Gen.OneOf(
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99]).Select<(int, int), Func<byte[], byte[]>>(at => mail => [.. mail[..Part(mail, at.Item1)], .. mail[Part(mail, Math.Max(at.Item1, at.Item2))..]]),
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[1, 4]).Select<(int, int, int), Func<byte[], byte[]>>(at => mail =>
            [.. mail, .. Enumerable.Repeat(mail[Part(mail, Math.Min(at.Item1, at.Item2))..Part(mail, Math.Max(at.Item1, at.Item2))], at.Item3).SelectMany(piece => piece)]),
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, Splinters.Length - 1]).Select<(int, int), Func<byte[], byte[]>>(at => mail => [.. mail[..Part(mail, at.Item1)], .. Splinters[at.Item2], .. mail[Part(mail, at.Item1)..]]),
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, Samples.Length - 1]).Select<(int, int, int), Func<byte[], byte[]>>(at => mail => [.. mail[..Part(mail, at.Item1)], .. Samples[at.Item3][Part(Samples[at.Item3], at.Item2)..]]),
        Gen.Select(Gen.Int[0, 9999], Gen.Byte).Select<(int, byte), Func<byte[], byte[]>>(at => mail => Flipped(mail, at.Item1, at.Item2)),
        Gen.Const<Func<byte[], byte[]>>(mail => Octets(Encoding.UTF8.GetString(mail).Replace("utf-8", "utf-16", StringComparison.Ordinal))));

    [Fact]
    public void Damaged_mail_has_an_answer_all_the_same()
    {
        Gen.Select(Gen.Int[0, Samples.Length - 1], Mutation.Array[1, 6]).Sample((sample, mutations) =>
        {
            var mail = mutations.Aggregate(Samples[sample], (octets, mutate) => mutate(octets).Take(200_000).ToArray());
            var read = BounceMailReader.ReadAsync(new MemoryStream(mail), Mails.Path, CancellationToken.None).GetAwaiter().GetResult();
            Assert.InRange(read.Recipients.Count, 0, 100);
            Assert.Equal(Mails.Path, read.ReturnPaths[0]);
            Assert.All(read.Recipients, recipient => Assert.True(recipient.Address is null or { Length: > 0 and <= 320 }));
            Assert.True(read.Recipients.Count > 0 || read.Kind is BounceMailKind.Other or BounceMailKind.Arf);
        }, seed: "0N0XIzNsQ0O2", iter: 4_000);
    }

    private static int Part(byte[] mail, int percent) => (int)((long)mail.Length * percent / 99);

    private static byte[] Flipped(byte[] mail, int at, byte with)
    {
        if (mail.Length == 0)
            return mail;
        byte[] flipped = [.. mail];
        flipped[at % flipped.Length] ^= with;
        return flipped;
    }

    private static byte[] Octets(string mail) => Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n"));
}
