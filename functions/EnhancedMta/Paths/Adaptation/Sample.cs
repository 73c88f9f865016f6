namespace EnhancedMta.Paths.Adaptation;

/// <summary>A reply kept as evidence.</summary>
internal static class Sample
{
    public const int MaxLength = 512;

    public static string? Cut(string? reply, int length = MaxLength) =>
        reply is null || reply.Length <= length ? reply : reply[..(char.IsHighSurrogate(reply[length - 1]) ? length - 1 : length)];
}
