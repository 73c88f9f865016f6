namespace EnhancedMta.Benchmarks.Chaos.SmtpFaults;

/// <summary>Where in a session something goes wrong: before the reply to a command, unless said otherwise.</summary>
internal enum SmtpMoment
{
    Greeting,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// <summary>While the content is on its way.</summary>
    Content,
    /// <summary>Just before the final dot: the server never sees it.</summary>
    FinalDot,
    /// <summary>The server has taken the message, or refused it, and said so.</summary>
    EndOfData,
    /// <summary>RSET, QUIT.</summary>
    Other,
}

/// <param name="Site">Whose server.</param>
/// <param name="Moment">Of a session.</param>
internal readonly record struct SmtpPlace(string Site, SmtpMoment Moment);

internal enum SmtpFault
{
    /// <summary>The connection is reset.</summary>
    Cut,
    /// <summary>Nothing more comes; at last the connection is reset.</summary>
    Silent,
    /// <summary>Something else than SMTP comes instead.</summary>
    Garbage,
    /// <summary>A reply that never ends.</summary>
    Endless,
    /// <summary>The reply comes, octet by octet.</summary>
    Drip,
}

internal static class SmtpFaultNames
{
    /// <summary>As the report tells it.</summary>
    public static Fault Of(SmtpFault fault, SmtpMoment moment)
    {
        if (moment is SmtpMoment.Content or SmtpMoment.FinalDot)
            return new("SMTP, connection cut", moment == SmtpMoment.Content ? "in the content" : "before the final dot arrived", MayRepeat: moment == SmtpMoment.FinalDot);
        var where = fault switch
        {
            SmtpFault.Cut => "SMTP, connection cut",
            SmtpFault.Silent => "SMTP, silence",
            SmtpFault.Garbage => "SMTP, garbage",
            SmtpFault.Endless => "SMTP, endless reply",
            _ => "SMTP, reply octet by octet",
        };
        var what = moment switch
        {
            SmtpMoment.Greeting => "greeting",
            SmtpMoment.Ehlo => "EHLO",
            SmtpMoment.Mail => "MAIL",
            SmtpMoment.Rcpt => "RCPT",
            SmtpMoment.Data => "DATA",
            SmtpMoment.EndOfData => "after the final dot",
            _ => "RSET, QUIT",
        };
        return new(where, what, MayRepeat: moment == SmtpMoment.EndOfData);
    }
}
