namespace EnhancedMta.Sites;

/// <summary>The set of MX hosts that a recipient domain resolves to; domains with the same set are one site.</summary>
/// <param name="Key">Hash of the ordered host list: the factored name is lossy (research, §2.2), so it is never a key.</param>
/// <param name="Name">For people: the first host, and how many more.</param>
/// <param name="Hosts">In the order of preference, equal ones by name; the order of trying is drawn anew for each session.</param>
public sealed record Site(string Key, string Name, IReadOnlyList<MxHost> Hosts);

/// <param name="Name">Host name in A-labels, or an address literal of the routes setting.</param>
/// <param name="Preference">Lower first (RFC 5321 §5.1).</param>
/// <param name="Port">25, unless a route says otherwise.</param>
public sealed record MxHost(string Name, int Preference, int Port);
