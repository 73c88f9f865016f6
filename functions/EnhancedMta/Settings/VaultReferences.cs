using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Settings;

/// <summary>
/// App settings that name a secret of Key Vault. Azure puts the secret in their place before the app sees them; where it cannot, the app gets
/// the reference itself, and would take words that anybody can guess for a password.
/// </summary>
internal static class VaultReferences
{
    private const string Prefix = "@Microsoft.KeyVault(";

    public static void Check(IConfiguration configuration, List<string> faults)
    {
        foreach (var (path, value) in configuration.AsEnumerable())
        {
            if (value?.TrimStart().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) != true)
                continue;
            // Some are read as what they are not, too, and then complain about it.
            var name = path.Replace(":", "__", StringComparison.Ordinal);
            faults.RemoveAll(fault => fault.StartsWith($"{name}:", StringComparison.Ordinal));
            faults.Add($"{name}: is a Key Vault reference that was not resolved. See that the app's identity may read the secret, and that the name is right.");
        }
    }
}
