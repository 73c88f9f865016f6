using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Peers;
using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>All sides do the work, in turn, as often as was asked for.</summary>
internal sealed class RelayRuns(RelayOptions options)
{
    private const string Ours = "enhancedmta";

    private readonly RSA _key = RSA.Create(2048);
    private readonly Dictionary<string, string> _versions = [];
    private readonly Dictionary<string, List<SideResult>> _results = new() { [Ours] = [] };
    private readonly List<MissingPeer> _missing = [];

    public async Task<Measurement> RunAsync(string command, CancellationToken cancellationToken)
    {
        // What is missing should be said before the first side has run for minutes.
        var peers = await PrepareAsync(cancellationToken);
        for (var run = 1; run <= options.Runs; run++)
        {
            if (options.Runs > 1)
                await Console.Error.WriteLineAsync($"Run {run} of {options.Runs}");
            // Every other run in the reverse order: a machine that gets slower or faster with time favours nobody.
            IEnumerable<IPeer?> sides = [null, .. peers];
            foreach (var peer in run % 2 == 1 ? sides : sides.Reverse())
                await RunAsync(peer, cancellationToken);
            peers.RemoveAll(peer => _missing.Any(missing => missing.Name == peer.Name));
        }
        return new Measurement(
            DateOnly.FromDateTime(DateTime.UtcNow), Machine.This(), command, options.Messages, options.SizeInKB, options.Runs,
            [SideFigures.Of(Ours, null, _results[Ours], null), .. peers.Select(peer => SideFigures.Of(peer.Name, _versions[peer.Name], _results[peer.Name], _results[Ours]))],
            _missing);
    }

    private async Task<List<IPeer>> PrepareAsync(CancellationToken cancellationToken)
    {
        Installed.Require("smtp-sink", "postfix");
        List<IPeer> peers = [];
        foreach (var peer in options.Peers.Select(AllPeers.Named))
        {
            try
            {
                _versions[peer.Name] = await peer.PrepareAsync(cancellationToken);
                _results[peer.Name] = [];
                peers.Add(peer);
            }
            catch (PeerMissingException e)
            {
                await Console.Error.WriteLineAsync($"{peer.Label} is skipped: {e.Message}");
                _missing.Add(new(peer.Name, peer.Label, e.Message, Failed: false));
            }
        }
        return peers;
    }

    private async Task RunAsync(IPeer? peer, CancellationToken cancellationToken)
    {
        if (peer is null)
        {
            _results[Ours].Add(await EnhancedMtaSide.RunAsync(options, _key, cancellationToken));
            return;
        }
        try
        {
            _results[peer.Name].Add(await PeerSide.RunAsync(peer, options, _key, cancellationToken));
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or IOException)
        {
            // A peer that fails should not take the others' figures with it.
            await Console.Error.WriteLineAsync($"{peer.Label} failed: {e.Message}");
            _missing.Add(new(peer.Name, peer.Label, e.Message, Failed: true));
        }
    }
}
