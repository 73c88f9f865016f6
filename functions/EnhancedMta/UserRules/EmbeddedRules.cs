namespace EnhancedMta.UserRules;

/// <summary>Rule files that come with the program.</summary>
internal static class EmbeddedRules
{
    /// <summary>Each file's name and octets, in the order of their names.</summary>
    /// <param name="folder"><c>BounceRules.data</c>.</param>
    public static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> In(string folder)
    {
        var prefix = $"EnhancedMta.{folder}.";
        return
        [
            .. typeof(EmbeddedRules).Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .Select(name => (name[prefix.Length..], Bytes(name))),
        ];
    }

    private static ReadOnlyMemory<byte> Bytes(string name)
    {
        using var stream = typeof(EmbeddedRules).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
