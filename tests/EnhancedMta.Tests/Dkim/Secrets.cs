namespace EnhancedMta.Tests.Dkim;

/// <summary>Whether a text shows anything of a key.</summary>
internal static class Secrets
{
    /// <summary>No run of 24 characters of the key's lines is in the text.</summary>
    public static void AssertNotIn(string pem, string text)
    {
        foreach (var line in pem.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("---", StringComparison.Ordinal)))
        {
            for (var at = 0; at + 24 <= line.Length; at++)
                Assert.DoesNotContain(line.Substring(at, 24), text, StringComparison.Ordinal);
        }
    }
}
