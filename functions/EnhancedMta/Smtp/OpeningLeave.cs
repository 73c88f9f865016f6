namespace EnhancedMta.Smtp;

/// <summary>Leave to open connections.</summary>
/// <param name="More">How many, besides those that are left of the same leave.</param>
/// <param name="Until">When what is left of it lapses.</param>
internal readonly record struct OpeningLeave(int More, DateTimeOffset Until);
