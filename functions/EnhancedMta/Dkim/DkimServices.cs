using Azure.Security.KeyVault.Secrets;
using EnhancedMta.Incidents;
using EnhancedMta.Sites;
using EnhancedMta.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Dkim;

/// <summary>The parts that sign, and how they hang together.</summary>
internal static class DkimServices
{
    /// <param name="services">May hold a <see cref="SecretClient"/> already; that one is asked for keys then, when the settings name a vault.</param>
    /// <param name="settings">Who signs.</param>
    public static void AddDkim(this IServiceCollection services, DkimSettings settings)
    {
        if (settings.Vault is { } uri)
        {
            services.TryAddSingleton(_ => VaultKeys.CreateClient(uri));
            services.AddSingleton(s => new VaultKeys(s.GetRequiredService<SecretClient>()));
        }
        services.AddSingleton(settings);
        services.AddSingleton(s => new DomainStates(s.GetRequiredService<StorageAccount>().Domains));
        services.AddSingleton(s => new KeyringRefresh(
            settings, s.GetService<VaultKeys>(), s.GetRequiredService<DomainStates>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<KeyringRefresh>>()));
        services.AddSingleton(s => s.GetRequiredService<KeyringRefresh>().Keyring);
        services.AddSingleton(s => new RecordLooks(settings, s.GetRequiredService<DnsOptions>()));
        services.AddSingleton<DkimSigner>();
        services.AddSingleton(s => new DkimRotation(
            settings, s.GetRequiredService<KeyringRefresh>(), s.GetRequiredService<DomainStates>(), s.GetRequiredService<RecordLooks>(),
            s.GetRequiredService<IncidentLog>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<DkimRotation>>()));
        services.AddSingleton(s => new DkimDomains(
            s.GetRequiredService<KeyringRefresh>(), s.GetService<VaultKeys>(), s.GetRequiredService<DomainStates>(), s.GetRequiredService<RecordLooks>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new SenderCheck(s.GetRequiredService<DkimKeyring>(), s.GetRequiredService<DnsRecords>()));
    }
}
