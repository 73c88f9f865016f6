namespace EnhancedMta.Dkim;

/// <summary>Signing algorithms by their <c>a=</c> tag, in the order in which they sign: the one that every verifier knows first.</summary>
public static class DkimAlgorithm
{
    /// <summary>RFC 6376 §3.3.1.</summary>
    public const string Rsa = "rsa-sha256";

    /// <summary>RFC 8463.</summary>
    public const string Ed25519 = "ed25519-sha256";

    private static readonly string[] InOrder = [Rsa, Ed25519];

    public static IReadOnlyList<string> All => InOrder;

    public static int Order(string algorithm) => Array.IndexOf(InOrder, algorithm);
}
