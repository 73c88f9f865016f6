namespace EnhancedMta.Copies;

/// <summary>Copies of a delivery's messages, apart from its KPIs.</summary>
public sealed record CopyCounts(long Sent, long Failed);
