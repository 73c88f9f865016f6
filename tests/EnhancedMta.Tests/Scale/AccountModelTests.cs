using EnhancedMta.Benchmarks.Latency;
using EnhancedMta.Benchmarks.Scale;
using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.Tests.Scale;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class AccountModelTests
{
    private const int Messages = 1_000;

    // A tenth of a request for each message to the log, a hundredth to a queue, a thousandth to the paths.
    private static readonly IReadOnlyList<ResourceLoad> Loads =
    [
        new("table sendinglog", "d~000", 60, 1_000, 0, 0),
        new("table sendinglog", "d~001", 40, 1_000, 0, 0),
        new("queue relay-marketing", "", 10, 0, 0, 0),
        new("table paths", "path~1", 1, 0, 1, 0),
    ];

    [Fact]
    public void The_narrowest_limit_of_an_account_binds()
    {
        var model = new AccountModel(Messages, Loads);
        Assert.Equal(0.111, model.Requests, 6);
        Assert.Equal(20_000 / 0.111, model.Binding.PerSecond, 3);
        Assert.Equal("requests of the account", model.Binding.Limit);
        // Rows bind a delivery by its partitions: two rows a message.
        Assert.Equal(16 * 2_000 / 2.0, model.OfOneDelivery(1_000_000), 6);
        Assert.Equal(2_000 / 2.0, model.OfOneDelivery(100), 6);
    }

    [Fact]
    public void A_busy_queue_binds_before_the_account_does()
    {
        var model = new AccountModel(Messages, [new("table sendinglog", "d~000", 100, 2_000, 0, 0), new("queue relay-marketing", "", 100, 0, 0, 0)]);
        Assert.Equal(("requests of queue relay-marketing", 20_000.0), (model.Binding.Limit, model.Binding.PerSecond));
    }

    [Fact]
    public void More_accounts_carry_more_but_never_more_than_their_share()
    {
        var model = new AccountModel(Messages, Loads);
        var results = ManyAccounts.Counts.Select(k => ManyAccounts.Simulate(model, k)).ToList();
        Assert.Equal(model.Binding.PerSecond, results[0].PerSecond, 3);
        Assert.Equal(1, results[0].Skew, 6);
        foreach (var (fewer, more) in results.Zip(results.Skip(1)))
        {
            Assert.True(more.PerSecond > fewer.PerSecond);
            Assert.InRange(more.PerSecond, 0, results[0].PerSecond * more.Accounts);
            Assert.True(more.Planned <= more.PerSecond);
            Assert.True(more.Skew > 1);
        }

        // The same seed, the same figures.
        Assert.Equal(results[2], ManyAccounts.Simulate(model, ManyAccounts.Counts[2]));
    }

    [Fact]
    public void What_is_asked_in_one_place_is_the_ceiling_of_any_number_of_accounts()
    {
        var model = new AccountModel(Messages, [.. Loads, new("table kpis", "d", 1, 1_000, 0, 0)]);
        Assert.Equal(2_000, ManyAccounts.Simulate(model, 16).PerSecond, 3);
    }

    [Fact]
    public void Percentiles_are_of_the_nearest_rank()
    {
        var spread = Spread.Of(Enumerable.Range(1, 200).Select(n => TimeSpan.FromMilliseconds(201 - n)));
        Assert.Equal(new Spread(100, 180, 198, 200), spread);
        Assert.Equal(new Spread(7, 7, 7, 7), Spread.Of([TimeSpan.FromMilliseconds(7)]));
    }
}
