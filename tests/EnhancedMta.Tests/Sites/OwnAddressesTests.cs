using System.Net;
using EnhancedMta.Egresses;
using EnhancedMta.Sites;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Sites;

public sealed class OwnAddressesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Those_of_egresses_and_interfaces_are_ours_in_any_form()
    {
        var own = new OwnAddresses(
            [new Egress(1, "mta1.example.com", IPAddress.Parse("198.51.100.7")), new Egress(2, "mta2.example.com", null), new Egress(3, "mta3.example.com", IPAddress.Parse("2001:db8::7"))],
            () => [IPAddress.Parse("203.0.113.9"), IPAddress.Parse("fe80::9%4")], _time);
        Assert.All(["198.51.100.7", "::ffff:198.51.100.7", "2001:db8::7", "203.0.113.9", "fe80::9", "fe80::9%7"], address => Assert.True(own.Contains(IPAddress.Parse(address)), address));
        Assert.All(["198.51.100.8", "2001:db8::8", "203.0.113.1"], address => Assert.False(own.Contains(IPAddress.Parse(address)), address));
    }

    [Fact]
    public void Interfaces_are_looked_at_again_after_a_minute()
    {
        List<IPAddress> interfaces = [IPAddress.Parse("203.0.113.9")];
        var looked = 0;
        var own = new OwnAddresses([], () =>
        {
            looked++;
            return interfaces;
        }, _time);
        interfaces = [IPAddress.Parse("203.0.113.10")];
        Assert.False(own.Contains(interfaces[0]));
        Assert.Equal(1, looked);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(own.Contains(interfaces[0]));
        Assert.False(own.Contains(IPAddress.Parse("203.0.113.9")));
        Assert.Equal(2, looked);
    }

    [Fact]
    public void This_machine_s_loopback_is_found() => Assert.True(new OwnAddresses([], _time).Contains(IPAddress.Loopback));
}
