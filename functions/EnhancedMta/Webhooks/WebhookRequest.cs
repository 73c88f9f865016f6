using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Webhooks;

/// <summary>What a provider sent.</summary>
/// <param name="Headers">As received: signatures are in them.</param>
/// <param name="Query">As received: a token may be in it.</param>
/// <param name="Body">The raw octets: signatures are made over them. At most <see cref="WebhookReceiver.MaxLength"/>.</param>
public sealed record WebhookRequest(IHeaderDictionary Headers, IQueryCollection Query, ReadOnlyMemory<byte> Body)
{
    /// <summary>Null when the header is missing, or there more than once: which one would count?</summary>
    internal string? Header(string name) => Headers[name] is [{ Length: > 0 } value] ? value : null;
}
