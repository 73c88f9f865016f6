using System.Text.RegularExpressions;

namespace EnhancedMta.Tests.Security;

/// <summary>No secret is in the repository, and none gets there by oversight.</summary>
public sealed partial class SecretsTests
{
    // Random octets that tests of key formats need, and that sign nothing anywhere. Shown by their last characters.
    private static readonly string[] TestKeys = ["crn9g"];

    [Theory]
    [InlineData("local.settings.json")]
    [InlineData("functions/EnhancedMta.Functions/local.settings.json")]
    [InlineData("artifacts/worker/bin/EnhancedMta.Functions/release/local.settings.json")]
    [InlineData(".azurite/run/data.json")]
    public void What_holds_secrets_on_a_developers_machine_is_ignored(string path) => Assert.True(Repository.IsIgnored(path), path);

    [Fact]
    public void No_file_holds_a_private_key_or_another_secret()
    {
        var found = Repository.Files()
            .Where(file => new FileInfo(Path.Combine(Repository.Root, file)) is { Length: < 4_000_000 })
            .SelectMany(file => Secrets(File.ReadAllText(Path.Combine(Repository.Root, file))).Select(secret => $"{file}: {secret}"));
        Assert.Empty(found);
    }

    [Theory]
    // Written in two parts, so that this file is not found itself.
    [InlineData("-----BEGIN PRIVATE" + " KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END")]
    [InlineData("\"-----BEGIN RSA PRIVATE" + " KEY-----\\nMIIEpAIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun\\n\"")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=mta;Account" + "Key=bm90IGEga2V5IGJ1dCBsb25nIGVub3VnaCB0byBsb29rIGxpa2Ugb25lIG9mIHRoZW0=")]
    [InlineData("AKIA" + "IOSFODNN7EXAMPLQ")]
    [InlineData("https://mta.blob.core.windows.net/c?sv=2024&s" + "ig=abcdefghijklmnopqrstuvwxyz0123456789%2Babcdef%3D")]
    public void What_looks_like_one_is_found(string text) => Assert.Single(Secrets(text));

    private static IEnumerable<string> Secrets(string text) => Pattern().Matches(text)
        .Select(match => match.Value)
        .Where(secret => !TestKeys.Any(key => secret.Contains(key, StringComparison.Ordinal)))
        .Select(secret => $"{secret[..Math.Min(secret.Length, 24)]}…");

    // A PEM key with so much in it that it could be one: Ed25519's has 64 characters. Storage keys, AWS key ids, signatures of storage URLs.
    [GeneratedRegex("""-----BEGIN [A-Z ]*PRIVATE[ ]KEY-----(\\n|\s|"|\+|\|)*[A-Za-z0-9+/]{56,}=*|AccountKey=[A-Za-z0-9+/]{40,}={0,2}|\bAKIA[0-9A-Z]{16}\b|[?&]sig=[A-Za-z0-9%]{30,}""", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
