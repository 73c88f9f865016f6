using EnhancedMta.IntegrationTests;
using EnhancedMta.LocalHost.Emulator;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace EnhancedMta.IntegrationTests;

/// <summary>
/// One Azurite in memory for all tests of the assembly. Take it as a constructor parameter of the test class, and
/// <see cref="NewAccount"/> for a storage account that no other test sees: names need no prefixes then.
/// </summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly string[] Accounts = [.. Enumerable.Range(0, 2000).Select(n => $"test{n:0000}")];

    private AzuriteEmulator? _emulator;
    private int _next = -1;

    /// <summary>Connection string of an empty storage account of the caller's own: blobs, queues and tables.</summary>
    public string NewAccount() => Emulator.ConnectionStringOf(Accounts[Interlocked.Increment(ref _next)]);

    private AzuriteEmulator Emulator => _emulator ?? throw new InvalidOperationException("Azurite has not started.");

    public async ValueTask InitializeAsync() =>
        _emulator = await AzuriteEmulator.StartAsync(new() { Accounts = Accounts }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_emulator is not null) await _emulator.DisposeAsync();
    }
}
