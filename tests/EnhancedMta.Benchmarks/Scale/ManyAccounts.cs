using System.IO.Hashing;
using System.Text;
using EnhancedMta.Deliveries;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Benchmarks.Scale;

/// <summary>
/// Deliveries' log partitions on several storage accounts, each on the one whose hash with it is highest (rendezvous hashing: another account takes its
/// share of new partitions and moves none of the others). Deliveries are of unequal size, so accounts are loaded unequally: the fullest one decides.
/// </summary>
internal static class ManyAccounts
{
    private const int Trials = 1_000;

    /// <summary>Deliveries in line at once; the n-th largest is an n-th of the largest (Zipf).</summary>
    private const int Deliveries = 20;
    private const long Largest = 1_000_000;

    public static IReadOnlyList<int> Counts { get; } = [1, 2, 4, 8, 16];

    public static AccountsResult Simulate(AccountModel model, int accounts, int seed = 1)
    {
        var random = new Random(seed);
        var ceilings = new List<Ceiling>(Trials);
        var skews = new List<double>(Trials);
        for (var trial = 0; trial < Trials; trial++)
        {
            var shares = Shares(accounts, random);
            skews.Add(shares.Max() * accounts);
            ceilings.Add(Ceiling(model, shares));
        }

        ceilings.Sort((a, b) => a.PerSecond.CompareTo(b.PerSecond));
        // The worst in a hundred: what to plan with.
        var planned = ceilings[Trials / 100];
        return new AccountsResult(accounts, ceilings.Average(c => c.PerSecond), planned.PerSecond, skews.Average(), planned.Limit);
    }

    /// <summary>Of the load, by account.</summary>
    private static double[] Shares(int accounts, Random random)
    {
        var shares = new double[accounts];
        var all = Enumerable.Range(1, Deliveries).Sum(n => (double)Largest / n);
        for (var n = 1; n <= Deliveries; n++)
        {
            var id = $"d{random.Next():x}";
            var shards = ShardCount.For(Largest / n);
            for (var shard = 0; shard < shards; shard++)
                shares[AccountOf(new LogPartition(id, shard), accounts)] += (double)Largest / n / all / shards;
        }

        return shares;
    }

    private static int AccountOf(LogPartition partition, int accounts) =>
        Enumerable.Range(0, accounts).MaxBy(account => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{partition.Key}/{account}")));

    /// <summary>What all together may send until the first limit of any account. The first account is home to what is asked in one place, too.</summary>
    private static Ceiling Ceiling(AccountModel model, double[] shares)
    {
        var narrowest = model.HomeCeiling;
        for (var account = 0; account < shares.Length; account++)
        {
            var requests = shares[account] * model.Sharded + (account == 0 ? model.Home : 0);
            if (AzureLimits.RequestsPerAccount / requests is var perSecond && perSecond < narrowest.PerSecond)
                narrowest = new Ceiling(account == 0 ? "requests of the home account" : "requests of an account", perSecond);
            if (shares[account] > 0 && model.ShardedCeiling.PerSecond / shares[account] is var other && other < narrowest.PerSecond)
                narrowest = new Ceiling(model.ShardedCeiling.Limit, other);
        }

        return narrowest;
    }
}

/// <param name="Accounts">Storage accounts.</param>
/// <param name="PerSecond">Messages, on average over all trials.</param>
/// <param name="Planned">Messages a second in the worst of a hundred trials.</param>
/// <param name="Skew">Load of the fullest account over the average.</param>
/// <param name="Binds">In that trial.</param>
internal sealed record AccountsResult(int Accounts, double PerSecond, double Planned, double Skew, string Binds);
