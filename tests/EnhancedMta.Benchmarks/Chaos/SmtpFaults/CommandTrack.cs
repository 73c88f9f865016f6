using System.Text;

namespace EnhancedMta.Benchmarks.Chaos.SmtpFaults;

/// <summary>
/// Follows what a client says: lines of commands, and content up to its final dot. Whether content comes after DATA is up to the server,
/// so a client that goes on has seen its answer.
/// </summary>
internal sealed class CommandTrack
{
    private readonly Lock _lock = new();
    private readonly List<byte> _line = [];
    private bool _goesAhead;
    private bool _isLineBegin;

    /// <summary>What comes next is content.</summary>
    public bool IsInContent { get; private set; }

    /// <summary>The server has answered DATA: called before the client can know.</summary>
    public void DataAnswered(bool goesAhead)
    {
        lock (_lock)
            _goesAhead = goesAhead;
    }

    /// <summary>Takes octets up to the end of a piece: of the commands at hand, or of the content.</summary>
    /// <param name="octets">What the client has sent.</param>
    /// <param name="expect">Told of each command whose answer will come.</param>
    /// <returns>How many octets belong to the piece.</returns>
    public int Feed(ReadOnlySpan<byte> octets, Action<SmtpMoment> expect)
    {
        lock (_lock)
        {
            if (_goesAhead && !IsInContent)
                (_goesAhead, IsInContent, _isLineBegin) = (false, true, true);
            return IsInContent ? FeedContent(octets, expect) : FeedCommands(octets, expect);
        }
    }

    private int FeedCommands(ReadOnlySpan<byte> octets, Action<SmtpMoment> expect)
    {
        foreach (var octet in octets)
        {
            _line.Add(octet);
            if (octet != '\n')
                continue;
            expect(MomentOf(Encoding.ASCII.GetString([.. _line])));
            _line.Clear();
        }

        return octets.Length;
    }

    private int FeedContent(ReadOnlySpan<byte> octets, Action<SmtpMoment> expect)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            if (_isLineBegin)
                _line.Clear();
            _line.Add(octets[i]);
            _isLineBegin = octets[i] == '\n';
            // The line of the dot may come in pieces.
            if (_line is not [(byte)'.', (byte)'\r', (byte)'\n'])
                continue;
            IsInContent = false;
            _line.Clear();
            expect(SmtpMoment.EndOfData);
            return i + 1;
        }

        return octets.Length;
    }

    private static SmtpMoment MomentOf(string line) => line.Split(' ', '\r', '\n', ':')[0].ToUpperInvariant() switch
    {
        "EHLO" or "HELO" => SmtpMoment.Ehlo,
        "MAIL" => SmtpMoment.Mail,
        "RCPT" => SmtpMoment.Rcpt,
        "DATA" => SmtpMoment.Data,
        _ => SmtpMoment.Other,
    };
}
