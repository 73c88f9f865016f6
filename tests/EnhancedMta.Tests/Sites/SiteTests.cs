using EnhancedMta.Sites;

namespace EnhancedMta.Tests.Sites;

public sealed class SiteTests
{
    [Fact]
    public void The_key_does_not_change_between_versions() =>
        Assert.Equal("d7c383071870990675172238", Site.Of([new MxHost("mx1.example.com", 10, 25), new MxHost("mx2.example.com", 20, 25)]).Key);

    [Fact]
    public void Domains_with_the_same_hosts_are_one_site()
    {
        var one = Site.Of([new MxHost("b", 10, 25), new MxHost("a", 10, 25), new MxHost("z", 5, 25)]);
        var other = Site.Of([new MxHost("a", 2, 25), new MxHost("z", 1, 25), new MxHost("b", 2, 25)]);
        Assert.Equal(one.Key, other.Key);
        Assert.Equal(["z", "a", "b"], one.Hosts.Select(host => host.Name));
    }

    [Fact]
    public void Another_order_port_or_origin_is_another_site()
    {
        string[] keys =
        [
            Site.Of([new MxHost("a", 1, 25), new MxHost("b", 2, 25)]).Key,
            Site.Of([new MxHost("a", 2, 25), new MxHost("b", 1, 25)]).Key,
            Site.Of([new MxHost("a", 1, 25), new MxHost("b", 2, 26)]).Key,
            Site.Of([new MxHost("a", 1, 25)]).Key,
            // What an operator routed may have a private address; a stranger's MX to the same name must not get at its sessions.
            Site.Of([new MxHost("a", 1, 25) { IsRouted = true }]).Key,
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }
}
