using EnhancedMta.Addresses;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>A reply kept as evidence, without the addresses that servers like to quote.</summary>
internal static class Sample
{
    public const int MaxLength = 512;

    public static string? Cut(string? reply, int length = MaxLength)
    {
        if (reply is null)
            return null;
        var masked = AddressMask.Of(reply);
        return masked.Length <= length ? masked : masked[..(char.IsHighSurrogate(masked[length - 1]) ? length - 1 : length)];
    }
}
