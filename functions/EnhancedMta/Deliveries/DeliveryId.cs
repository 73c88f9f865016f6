using System.Buffers;

namespace EnhancedMta.Deliveries;

/// <summary>What a delivery's id may look like: it becomes part of table keys, blob names and addresses.</summary>
public static class DeliveryId
{
    public const string Rule = "must have 1 to 64 characters: letters, digits, '-', '_' and '.', beginning with a letter or digit.";

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static bool IsValid(string? id) =>
        id is { Length: >= 1 and <= 64 } && char.IsAsciiLetterOrDigit(id[0]) && id[^1] != '.' && !id.AsSpan().ContainsAnyExcept(Allowed);
}
