using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.MxRules;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>Another process of the same storage and clock that uses a path, as far as its row tells.</summary>
internal sealed class OtherProcess : IDisposable
{
    private readonly ProcessLife _life;
    private readonly PathUse _use;

    public OtherProcess(MtaUnderTest mta, string path)
    {
        _life = new ProcessLife(mta.Storage.Paths, mta.Clock, TimeSpan.FromSeconds(20));
        _use = new PathUse(
            new PathId(path, "egress", "site"), new PathConnections(mta.Clock), new PathTable(mta.Storage.Paths), new PathController(new Random(1)), _life, 1, mta.Clock, new Random(2))
        { Rule = new MxRule { Id = MxRuleFile.GenericId, MaxConnections = 20, MaxMessagesPerConnection = 100 } };
    }

    public string Name => _life.Id;

    /// <returns>Messages that may go; their connections are this process's.</returns>
    public async Task<int> AdmitAsync(int count) =>
        (await _use.AdmitAsync(new PathDemand(Party.Of("other", false), count, 0, DateTimeOffset.MaxValue), TestContext.Current.CancellationToken)).Now;

    public Task LiveAsync() => _life.BeatAsync(TestContext.Current.CancellationToken);

    public Task GiveUpAsync() => _use.GiveUpAsync(isForGood: true, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _use.Dispose();
        _life.Dispose();
    }
}
