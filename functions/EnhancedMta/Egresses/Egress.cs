namespace EnhancedMta.Egresses;

/// <summary>A sending IP, with Campaign's IPAffinity names. One direct socket so far; proxies and smarthosts join it as kinds.</summary>
/// <param name="PublicId">Campaign's number of the IP.</param>
/// <param name="HeloHost">What we say in EHLO; its address record should be the IP (RFC 5321 §4.1.1.1).</param>
/// <param name="Address">Local address to bind, or null for the system's choice.</param>
public sealed record Egress(int PublicId, string HeloHost, System.Net.IPAddress? Address)
{
    public override string ToString() => $"{PublicId} ({HeloHost})";
}
