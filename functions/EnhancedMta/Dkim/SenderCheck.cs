using DnsClient;
using DnsClient.Protocol;
using EnhancedMta.Sites;

namespace EnhancedMta.Dkim;

/// <summary>What a sender's domain should know before mail in its name is relayed: how it is signed, and whether DMARC will see that.</summary>
public sealed class SenderCheck
{
    // Whoever declares a delivery should not wait for a slow name server.
    private static readonly TimeSpan DnsLimit = TimeSpan.FromSeconds(3);

    // Labels of a domain that are looked at, as DMARC's own tree walk does.
    private const int MostLooks = 8;

    private readonly DkimKeyring _keyring;
    private readonly DnsRecords _dns;

    internal SenderCheck(DkimKeyring keyring, DnsRecords dns) => (_keyring, _dns) = (keyring, dns);

    /// <param name="domain">Of the From address, lower case, A-labels.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>What is not as it should be; nothing when all is well.</returns>
    public async Task<IReadOnlyList<string>> WarningsAsync(string domain, CancellationToken cancellationToken)
    {
        switch (await _keyring.FindAsync(domain, cancellationToken).ConfigureAwait(false))
        {
            case DkimKeyLookup.GoesUnsigned:
                return [$"Mail from {domain} goes out unsigned, as {DkimSettings.UnsignedSetting} says: only SPF can pass DMARC then."];
            case DkimKeyLookup.NotUsable(_, var reason):
                return [$"Mail from {domain} is accepted and waits, for it cannot be signed: {reason}"];
            case DkimKeyLookup.Found found:
                var warnings = found.Keys.Select(RecordFault).OfType<string>().ToList();
                // RFC 8463 §1: a second signature, for those who know it; it does not stand for the first.
                if (found.Keys.All(key => key.Algorithm != DkimAlgorithm.Rsa))
                    warnings.Add($"Mail from {domain} is signed by Ed25519 alone, which many receivers cannot verify: give {found.Domain} an RSA key too.");
                if (await AlignmentFaultAsync(domain, found.Domain, cancellationToken).ConfigureAwait(false) is { } fault)
                    warnings.Add(fault);
                return warnings;
            default:
                return [];
        }
    }

    private string? RecordFault(DkimKey key)
    {
        var seen = _keyring.Current.States.GetValueOrDefault(key.Domain)?.Selectors.FirstOrDefault(selector => selector.IsOf(key));
        return seen?.Seen is RecordStatus.Missing or RecordStatus.Wrong
            ? $"The record {DkimName.RecordName(key.Domain, key.Selector)} was {(seen.Seen == RecordStatus.Missing ? "missing" : "wrong")} when it was looked for last: receivers cannot verify signatures. GET /api/domains/{key.Domain}/dkim shows it."
            : null;
    }

    /// <summary>
    /// A key signs for its domain and those below, so relaxed alignment is given (RFC 7489 §3.1.1). It is not enough where the policy
    /// asks for the strict one.
    /// </summary>
    private async Task<string?> AlignmentFaultAsync(string domain, string signingDomain, CancellationToken cancellationToken)
    {
        if (domain == signingDomain)
            return null;
        try
        {
            return await AsksForStrictAsync(domain).WaitAsync(DnsLimit, cancellationToken).ConfigureAwait(false) is { } policy
                ? $"{policy} asks for strict DKIM alignment (adkim=s), and mail from {domain} is signed by {signingDomain}: DMARC will not count it. Give {domain} a key of its own."
                : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    // The policy is that of the closest name which has one.
    private async Task<string?> AsksForStrictAsync(string domain)
    {
        var labels = domain.Split('.');
        for (var first = Math.Max(0, labels.Length - MostLooks); first < labels.Length - 1; first++)
        {
            var name = $"_dmarc.{string.Join('.', labels[first..])}";
            var answer = await _dns.AskAsync(name, QueryType.TXT).ConfigureAwait(false);
            if (answer.Status == DnsStatus.Failed)
                return null;
            foreach (var text in answer.Records.OfType<TxtRecord>().Select(record => string.Concat(record.Text)))
            {
                if (TagList.TryRead(text, out var tags) && tags is [{ Key: "v", Value: "DMARC1" }, ..])
                    return tags.Find("adkim") is "s" or "S" ? name : null;
            }
        }
        return null;
    }
}
