using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>A mail server that does the same work as we: accepts, signs with DKIM, keeps on disk, hands over to the sink.</summary>
internal interface IPeer
{
    /// <summary>As the command line has it.</summary>
    string Name { get; }

    /// <summary>For people.</summary>
    string Label { get; }

    /// <summary>Fetches what can be fetched.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="PeerMissingException">It cannot be had here.</exception>
    Task<string> PrepareAsync(CancellationToken cancellationToken);

    /// <param name="folder">For its configuration and its queue; other users may enter it.</param>
    /// <param name="key">That signs for <see cref="Mail.Letter.SenderDomain"/> with the selector <c>bench</c>.</param>
    /// <param name="sinkPort">All mail goes there.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="InvalidOperationException">It does not start; the message has its last words.</exception>
    Task<IRunningPeer> StartAsync(WorkFolder folder, RSA key, int sinkPort, CancellationToken cancellationToken);
}

/// <summary>A started peer. Disposing stops it too.</summary>
internal interface IRunningPeer : IAsyncDisposable
{
    /// <summary>It accepts mail there, on loopback.</summary>
    int Port { get; }

    /// <summary>The end of what it said, for when it fails.</summary>
    string LastWords { get; }

    /// <summary>CPU seconds that it has used since some moment before its first message.</summary>
    /// <param name="sinkId">The sink's process, for a server that can only be measured as what the machine does beside it.</param>
    double CpuSeconds(int sinkId);

    /// <summary>Null for a server of many short-lived processes.</summary>
    double? PeakMemoryMB();

    /// <summary>The files of messages that it has accepted and not yet handed over.</summary>
    IEnumerable<string> Queued();

    /// <summary>It has hung up on the sink then.</summary>
    Task StopAsync();
}

/// <summary>A peer that is not on this machine and cannot be fetched; the message says why and what would help.</summary>
internal sealed class PeerMissingException(string message) : Exception(message);
