using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>Signs requests with the account's key, as "Shared Key Lite for the Table service" is defined: the date and the resource.</summary>
internal sealed class SharedKeyLite(string account, byte[] key) : HttpPipelineSynchronousPolicy
{
    // Published: every emulator has this account with this key.
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <returns>Null when the connection string has no account key.</returns>
    public static SharedKeyLite? Of(string connectionString)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // A key ends in equals signs.
            if (setting.Split('=', 2) is [var name, var value])
                settings[name.Trim()] = value.Trim();
        }

        if (settings.TryGetValue("UseDevelopmentStorage", out var isEmulator) && bool.TryParse(isEmulator, out var use) && use)
            return new SharedKeyLite(EmulatorAccount, Convert.FromBase64String(EmulatorKey));
        return settings.TryGetValue("AccountName", out var account) && settings.TryGetValue("AccountKey", out var key) ? new SharedKeyLite(account, Convert.FromBase64String(key)) : null;
    }

    public override void OnSendingRequest(HttpMessage message)
    {
        // Anew for each try: storage refuses a date of a quarter of an hour ago.
        var date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{date}\n/{account}{message.Request.Uri.ToUri().AbsolutePath}"), signature);
        message.Request.Headers.SetValue("x-ms-date", date);
        message.Request.Headers.SetValue("Authorization", $"SharedKeyLite {account}:{Convert.ToBase64String(signature)}");
    }
}
