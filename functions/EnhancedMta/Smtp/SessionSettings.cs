using EnhancedMta.MxRules;

namespace EnhancedMta.Smtp;

/// <summary>What a path's rule says of its sessions.</summary>
/// <param name="Tls">Whether in clear will do.</param>
/// <param name="Timeouts">For connecting and for each reply.</param>
/// <param name="MaxMessages">A session ends after so many.</param>
internal sealed record SessionSettings(TlsLevel Tls, SmtpTimeouts Timeouts, int MaxMessages);
