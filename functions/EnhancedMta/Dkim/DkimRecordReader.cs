namespace EnhancedMta.Dkim;

/// <summary>Compares what stands in the DNS with a key, as a verifier would (RFC 6376 §3.6.1, §6.1.2).</summary>
internal static class DkimRecordReader
{
    /// <param name="texts">The TXT records of the name, each with its strings joined.</param>
    /// <param name="key">Whose record it should be.</param>
    /// <returns>What is wrong; null when verifiers will find the key.</returns>
    public static string? Fault(IReadOnlyList<string> texts, DkimKey key)
    {
        // RFC 6376 §3.6.2.2: with more than one the result is undefined.
        if (texts.Count != 1)
            return $"{texts.Count} TXT records stand there; there must be one";
        if (!TagList.TryRead(texts[0], out var tags))
            return "the record is no list of tags (name=value; …)";
        if (tags.Find("v") is { } version && (version != "DKIM1" || tags[0].Key != "v"))
            return "v= must be DKIM1, and come first";
        if ((tags.Find("k") ?? "rsa") is var type && type != key.RecordType)
            return $"k= says {type}; the key is {key.RecordType}";
        if (tags.Find("h") is { } hashes && !Has(hashes, "sha256"))
            return "h= does not allow sha256";
        if (tags.Find("s") is { } services && !Has(services, "email") && !Has(services, "*"))
            return "s= does not allow email";
        // RFC 6376 §3.6.1: such mail is treated as unsigned.
        if (tags.Find("t") is { } flags && Has(flags, "y"))
            return "t=y says that the domain only tests DKIM";
        return PublicKeyFault(tags.Find("p"), key);
    }

    private static string? PublicKeyFault(string? text, DkimKey key)
    {
        if (text is null)
            return "there is no p=";
        if (text.Length == 0)
            return "p= is empty: the key is revoked";
        var octets = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, octets, out var length))
            return "p= is not base64";
        return octets.AsSpan(0, length).SequenceEqual(key.PublicKey.Span) ? null : "p= is another key";
    }

    private static bool Has(string list, string value) =>
        list.Split(':').Any(item => string.Equals(item.Trim(), value, StringComparison.OrdinalIgnoreCase));
}
