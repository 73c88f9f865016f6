using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>The keys of a host.</summary>
/// <param name="Function">Opens functions of level Function, and those that the app opens to roles.</param>
/// <param name="Master">Opens everything, /admin included.</param>
public sealed record FunctionKeys(string Function, string Master)
{
    public const string Header = HttpAccess.Header;

    private const string Query = HttpAccess.Query;

    /// <summary>Two random keys of 256 bits.</summary>
    public static FunctionKeys Generate() => new(NewKey(), NewKey());

    /// <summary>A key in <see cref="Header"/>, or in ?code= when that header is absent.</summary>
    internal static string? SentBy(HttpRequest request) =>
        (string?)request.Headers[Header] ?? (string?)request.Query[Query];

    /// <summary>A line for a shell, after which the README's curl commands work.</summary>
    internal static string Export(Uri address, string key) => $"export MTA={address.GetLeftPart(UriPartial.Authority)} KEY={key}";

    internal bool Open(AuthorizationLevel level, string? key) => level switch
    {
        AuthorizationLevel.Anonymous => true,
        _ when key is null => false,
        AuthorizationLevel.Function => Same(key, Function) | Same(key, Master),
        _ => Same(key, Master),
    };

    internal static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    // Hashed first: the comparison then takes one time for every length too.
    private static bool Same(string sent, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));

    // The compiler's own version would print the keys wherever a record lands in a log.
    public override string ToString() => nameof(FunctionKeys);
}
