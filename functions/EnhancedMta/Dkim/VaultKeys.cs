using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace EnhancedMta.Dkim;

/// <summary>Keys that are secrets of a Key Vault: PEM text, named <c>dkim-…</c>, with the tags <c>domain</c> and <c>selector</c>.</summary>
internal sealed class VaultKeys(SecretClient client)
{
    private const string NamePrefix = "dkim-";
    private const string DomainTag = "domain";
    private const string SelectorTag = "selector";
    private const int MaxName = 127;

    // By the secret's name: what was read, and when that had been written.
    private Dictionary<string, (DateTimeOffset? Updated, DkimKeyEntry Entry)> _read = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads by the app's identity; nothing of a secret's value is logged.</summary>
    public static SecretClient CreateClient(Uri vault)
    {
        var options = new SecretClientOptions();
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 2;
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        options.Diagnostics.IsLoggingContentEnabled = false;
        return new SecretClient(vault, new DefaultAzureCredential(), options);
    }

    /// <summary>All keys, older ones first. Values are asked for only where something was written since. For one thread at a time.</summary>
    /// <exception cref="RequestFailedException">The vault does not answer, or not to us.</exception>
    /// <exception cref="AuthenticationFailedException">The app has no identity that it could ask with.</exception>
    public async Task<IReadOnlyList<DkimKeyEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, (DateTimeOffset? Updated, DkimKeyEntry Entry)>(StringComparer.OrdinalIgnoreCase);
        var listed = new List<SecretProperties>();
        await foreach (var secret in client.GetPropertiesOfSecretsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (secret.Name.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase) && secret.Enabled != false && secret.Tags.ContainsKey(DomainTag))
                listed.Add(secret);
        }
        foreach (var secret in listed.OrderBy(secret => secret.CreatedOn).ThenBy(secret => secret.Name, StringComparer.Ordinal))
        {
            read[secret.Name] = _read.TryGetValue(secret.Name, out var known) && known.Updated == secret.UpdatedOn && known.Entry.Key is not null
                ? known
                : (secret.UpdatedOn, await ReadAsync(secret, cancellationToken).ConfigureAwait(false));
        }
        _read = read;
        return [.. read.Values.Select(known => known.Entry)];
    }

    /// <summary>Makes a key and keeps it in the vault. Nobody but the vault and those who may read it ever see it.</summary>
    /// <exception cref="RequestFailedException">Status 403: the app may only read.</exception>
    /// <exception cref="AuthenticationFailedException">The app has no identity that it could ask with.</exception>
    public async Task MakeAsync(string domain, string selector, string algorithm, CancellationToken cancellationToken)
    {
        var secret = new KeyVaultSecret(NameOf(domain, selector), PrivateKeyMaker.Make(algorithm));
        secret.Properties.ContentType = "application/x-pem-file";
        secret.Properties.Tags[DomainTag] = domain;
        secret.Properties.Tags[SelectorTag] = selector;
        await client.SetSecretAsync(secret, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The name that a new secret gets. Tags say whose it is; the name is for people.</summary>
    public static string NameOf(string domain, string selector)
    {
        var name = $"{NamePrefix}{domain}-{selector}".Replace('.', '-');
        return name.Length <= MaxName ? name : $"{name[..(MaxName - 17)]}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)).AsSpan(0, 8))}";
    }

    private async Task<DkimKeyEntry> ReadAsync(SecretProperties properties, CancellationToken cancellationToken)
    {
        var origin = $"the vault's secret {properties.Name}";
        var (domain, selector) = (properties.Tags[DomainTag], properties.Tags.TryGetValue(SelectorTag, out var tag) ? tag : "");
        if (DkimName.Fault(ref domain, ref selector) is { } fault)
            return DkimKeyEntry.Broken(domain, selector, origin, $"has tags that cannot be used: {fault}");
        try
        {
            var secret = await client.GetSecretAsync(properties.Name, cancellationToken: cancellationToken).ConfigureAwait(false);
            return DkimKeyEntry.Good(PrivateKeyReader.Read(domain, selector, secret.Value.Value ?? ""), origin);
        }
        catch (CryptographicException e)
        {
            return DkimKeyEntry.Broken(domain, selector, origin, e.Message);
        }
        // This one is refused, or went away since it was listed. An outage is none of the secret's.
        catch (RequestFailedException e) when (e.Status is 403 or 404)
        {
            return DkimKeyEntry.Broken(domain, selector, origin, $"is not to be had (the vault answers {e.Status})");
        }
    }
}
