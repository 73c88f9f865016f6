namespace EnhancedMta.Smtp;

/// <summary>Leave to use one connection.</summary>
/// <param name="Session">An open one, to be given back or retired; null to open one, whose place is to be left when that fails.</param>
internal sealed record ConnectionPlace(SmtpSession? Session);
