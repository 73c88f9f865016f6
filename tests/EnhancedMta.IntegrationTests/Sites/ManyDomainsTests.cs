using EnhancedMta.Sites;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Sites;

/// <summary>A batch of many domains does not become a storm on the DNS.</summary>
public sealed class ManyDomainsTests : IDisposable
{
    private const int Domains = 2_000;
    private const int Hosts = 25;

    private readonly LoopbackDns _dns = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DnsOptions _options;
    private readonly DnsRecords _records;
    private readonly HostAddresses _addresses;
    private readonly SiteDirectory _directory;

    public ManyDomainsTests()
    {
        // Patient: a question that is asked again for our own slowness would be counted as part of a storm.
        _options = _dns.Options with { Timeout = TimeSpan.FromMinutes(1) };
        _records = new DnsRecords(_options.CreateClient(), _options);
        _addresses = new HostAddresses(_records, _options, _time);
        _directory = new SiteDirectory(_records, _addresses, MxRoutes.None, _options, _time);
        for (var i = 0; i < Domains; i++)
            _dns.Mx($"d{i}.test", 10, $"mx{i % Hosts}.test");
        for (var i = 0; i < Hosts; i++)
            _dns.A($"mx{i}.test", $"8.8.8.{i}");
    }

    public void Dispose()
    {
        _records.Dispose();
        _dns.Dispose();
    }

    [Fact]
    public async Task Each_of_2000_domains_is_asked_for_once_and_never_more_than_64_at_a_time()
    {
        var gate = new TaskCompletionSource();
        _dns.Gate = gate.Task;
        // Three messages for each, from batches that know nothing of each other.
        var lookups = Enumerable.Range(0, 3 * Domains).Select(i => Task.Run(() => LocateAsync($"d{i % Domains}.test"))).ToList();
        await Smtp.Sending.UntilAsync(() => _dns.Questions.Count == _options.MaxConcurrentQuestions);
        gate.SetResult();
        Assert.All(await Task.WhenAll(lookups), addresses => Assert.Single(addresses));

        Assert.Equal(_options.MaxConcurrentQuestions, _dns.MostInFlight);
        Assert.Equal(Domains + 2 * Hosts, _dns.Questions.Count);
        Assert.Distinct(_dns.Questions);

        // And again, while the answers hold.
        await Task.WhenAll(Enumerable.Range(0, Domains).Select(i => LocateAsync($"d{i}.test")));
        Assert.Equal(Domains + 2 * Hosts, _dns.Questions.Count);
    }

    [Fact]
    public async Task Dead_zones_hold_up_only_themselves_as_long_as_there_are_not_too_many()
    {
        for (var i = 0; i < _options.MaxConcurrentQuestions / 2; i++)
            _dns.Failing[$"dead{i}.test"] = null;
        var dead = Enumerable.Range(0, _options.MaxConcurrentQuestions / 2).Select(i => _directory.FindAsync($"dead{i}.test", default)).ToList();
        var living = Enumerable.Range(0, 200).Select(i => LocateAsync($"d{i}.test"));
        Assert.All(await Task.WhenAll(living), addresses => Assert.Single(addresses));
        Assert.DoesNotContain(dead, lookup => lookup.IsCompleted);
    }

    private async Task<IReadOnlyList<System.Net.IPAddress>> LocateAsync(string domain)
    {
        var site = (await _directory.FindAsync(domain, TestContext.Current.CancellationToken)).Site;
        return (await _addresses.FindAsync(Assert.Single(site!.Hosts), TestContext.Current.CancellationToken)).Addresses;
    }
}
