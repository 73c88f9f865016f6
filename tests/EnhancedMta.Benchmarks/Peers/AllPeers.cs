namespace EnhancedMta.Benchmarks.Peers;

/// <summary>Whom we can be compared with.</summary>
internal static class AllPeers
{
    private static readonly IPeer[] Peers = [new PostfixPeer(), new HarakaPeer(), new EximPeer(), new OpenSmtpdPeer()];

    public static IReadOnlyList<string> Names { get; } = [.. Peers.Select(peer => peer.Name)];

    public static IPeer Named(string name) => Peers.Single(peer => peer.Name == name);
}
