using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using EnhancedMta.Dkim;

namespace EnhancedMta.Tests.Dkim;

public sealed partial class RelaxedBodyTests
{
    // Every mixture of what the relaxed form cares about, in runs long enough for the vectors and short enough for what is left over.
    private static readonly Gen<string> Bodies = Gen.OneOf(
        Gen.Const(" "), Gen.Const("\t"), Gen.Const("\r\n"), Gen.Const("\r\n\r\n"), Gen.Const("  \r\n"), Gen.Const("\r"), Gen.Const("x"), Gen.Const("a b"),
        Gen.Char['a', 'z'].Array[0, 40].Select(letters => new string(letters)), Gen.Const(new string('y', 600)))
        .Array[0, 60].Select(string.Concat);

    [Fact]
    public void It_is_the_hash_of_the_form_that_the_RFC_describes() => Bodies.Sample(body =>
    {
        using var relaxed = new RelaxedBody();
        var hash = new byte[32];
        relaxed.Hash(Encoding.ASCII.GetBytes(body), hash);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(ByTheBook(body)))), Convert.ToHexString(hash));
        // Nothing is left over from the one before.
        relaxed.Hash("x"u8, hash);
        Assert.Equal(Convert.ToHexString(SHA256.HashData("x\r\n"u8)), Convert.ToHexString(hash));
    }, iter: 20_000, seed: "0N0XIzNsQ0O2");

    // RFC 6376 §3.4.4, step by step.
    private static string ByTheBook(string body)
    {
        var lines = body.Split("\r\n").Select(line => Runs().Replace(line, " ")).Select(line => line.EndsWith(' ') ? line[..^1] : line).ToList();
        while (lines.Count > 0 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return string.Concat(lines.Select(line => line + "\r\n"));
    }

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Runs();
}
