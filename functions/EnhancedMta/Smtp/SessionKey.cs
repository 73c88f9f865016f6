namespace EnhancedMta.Smtp;

/// <summary>Which messages may share a session: those of one egress for one site.</summary>
internal readonly record struct SessionKey(int PublicId, string Site);
