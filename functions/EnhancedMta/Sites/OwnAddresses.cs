using System.Net;
using System.Net.NetworkInformation;
using EnhancedMta.Egresses;

namespace EnhancedMta.Sites;

/// <summary>
/// Addresses that are ours: of this machine's interfaces, and those that egresses send from. An MX that leads to one would have us speak
/// with ourselves, or with what else listens there (RFC 5321 §5.1).
/// </summary>
public sealed class OwnAddresses
{
    // Interfaces come and go, seldom.
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly HashSet<IPAddress> _ofEgresses;
    private readonly Func<IEnumerable<IPAddress>> _ofMachine;
    private readonly TimeProvider _time;
    private Known _known;

    public OwnAddresses(IReadOnlyList<Egress> egresses, TimeProvider time)
        : this(egresses, OfInterfaces, time)
    {
    }

    internal OwnAddresses(IEnumerable<Egress> egresses, Func<IEnumerable<IPAddress>> ofMachine, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(egresses);
        (_ofMachine, _time) = (ofMachine, time);
        _ofEgresses = [.. egresses.Select(egress => egress.Address).OfType<IPAddress>().Select(Plain)];
        _known = Look();
    }

    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var known = _known;
        if (_time.GetElapsedTime(known.Since) > KeptFor)
            _known = known = Look();
        address = Plain(address);
        return _ofEgresses.Contains(address) || known.Addresses.Contains(address);
    }

    private Known Look() => new([.. _ofMachine().Select(Plain)], _time.GetTimestamp());

    // The scope says by which interface; the same address without it is the same machine.
    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes())
        : address;

    private static IEnumerable<IPAddress> OfInterfaces()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address)];
        }
        // Some sandboxes do not let a process list them. Those that they have are private, and refused as such.
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    private sealed record Known(HashSet<IPAddress> Addresses, long Since);
}
