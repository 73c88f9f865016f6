namespace EnhancedMta.LocalHost.Emulator;

internal static class AzuriteAccounts
{
    public const string Default = "devstoreaccount1";

    // Public knowledge: Microsoft's documentation prints it for every storage emulator.
    private const string DefaultKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Short, since a thousand accounts travel in one environment variable.
    private const string OtherKey = "a2V5";

    public static string KeyOf(string account) => account == Default ? DefaultKey : OtherKey;

    /// <summary>For AZURITE_ACCOUNTS: <c>name:key;name:key</c>.</summary>
    public static string Setting(IEnumerable<string> others) =>
        string.Join(';', others.Prepend(Default).Select(account => $"{account}:{KeyOf(account)}"));
}
