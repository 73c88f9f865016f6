using System.Runtime.Versioning;
using System.Text;
using EnhancedMta.Benchmarks.Chaos.SmtpFaults;

namespace EnhancedMta.Tests.Chaos;

/// <summary>The proxy of the chaos run must know which reply belongs to which command, or its report would tell tales.</summary>
[SupportedOSPlatform("linux")]
public sealed class CommandTrackTests
{
    private readonly CommandTrack _track = new();
    private readonly List<SmtpMoment> _expected = [];

    [Fact]
    public void A_pipelined_envelope_is_three_answers()
    {
        Say("MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n");
        Assert.Equal([SmtpMoment.Mail, SmtpMoment.Rcpt, SmtpMoment.Data], _expected);
        Assert.False(_track.IsInContent);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void Content_ends_with_its_dot_whatever_the_pieces_it_comes_in(int pieces)
    {
        Say("DATA\r\n");
        _track.DataAnswered(goesAhead: true);
        Say("MAIL is no command here\r\n..\r\n.x\r\nlast line\r\n.\r\nQUIT\r\n", pieces);
        Assert.Equal([SmtpMoment.Data, SmtpMoment.EndOfData, SmtpMoment.Other], _expected);
    }

    [Fact]
    public void A_dot_alone_is_content_too()
    {
        _track.DataAnswered(goesAhead: true);
        Say(".\r\nMAIL FROM:<a@b.test>\r\n");
        Assert.Equal([SmtpMoment.EndOfData, SmtpMoment.Mail], _expected);
    }

    [Fact]
    public void What_was_refused_is_followed_by_commands()
    {
        Say("DATA\r\n");
        _track.DataAnswered(goesAhead: false);
        Say("RSET\r\nMAIL FROM:<a@b.test>\r\n");
        Assert.Equal([SmtpMoment.Data, SmtpMoment.Other, SmtpMoment.Mail], _expected);
    }

    private void Say(string text, int piece = int.MaxValue)
    {
        for (ReadOnlySpan<byte> octets = Encoding.ASCII.GetBytes(text); !octets.IsEmpty;)
            octets = octets[_track.Feed(octets[..Math.Min(piece, octets.Length)], _expected.Add)..];
    }
}
