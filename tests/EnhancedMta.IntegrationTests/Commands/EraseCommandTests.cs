using System.Diagnostics;
using EnhancedMta.IntegrationTests.Erasures;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Commands;

/// <summary>The command as operators run it, beside an app that works on the same storage.</summary>
public sealed class EraseCommandTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_on_standard_input_is_erased_and_not_said_again()
    {
        var account = azurite.NewAccount();
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: new KeyValuePair<string, string?>("AzureWebJobsStorage", account));
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        await mta.RelayAsync("d", "gone-person", "other");
        await mta.SettledAsync("d", waiting: 0);

        var (said, exit) = await RunAsync(account, $"gone-person@{MtaUnderTest.Domain}\n");
        Assert.True(exit == 0, said);
        Assert.Contains("1 deliveries looked through: 1 messages", said, StringComparison.Ordinal);
        Assert.DoesNotContain("gone-person", said, StringComparison.Ordinal);
        Assert.Empty(await StorageSearch.FindAsync(mta.Storage, $"gone-person@{MtaUnderTest.Domain}"));
        Assert.NotEmpty(await StorageSearch.FindAsync(mta.Storage, $"other@{MtaUnderTest.Domain}"));
    }

    [Theory]
    [InlineData("no address\n")]
    [InlineData("")]
    [InlineData("someone@example.com\n", "someone@example.com")]
    public async Task What_is_no_address_or_comes_as_an_argument_ends_with_2(string input, params string[] arguments)
    {
        var (said, exit) = await RunAsync("unused", input, arguments);
        Assert.Equal(2, exit);
        Assert.Contains("standard input", said, StringComparison.Ordinal);
    }

    private static async Task<(string Said, int Exit)> RunAsync(string storage, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "EnhancedMta.LocalHost.dll"), "erase", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AzureWebJobsStorage"] = storage },
        };
        using var program = Process.Start(start)!;
        var said = Task.WhenAll(program.StandardOutput.ReadToEndAsync(Cancel), program.StandardError.ReadToEndAsync(Cancel));
        try
        {
            await program.StandardInput.WriteAsync(input.AsMemory(), Cancel);
            program.StandardInput.Close();
        }
        catch (IOException)
        {
            // It needs no input to know that its arguments are wrong.
        }

        await program.WaitForExitAsync(Cancel);
        return (string.Concat(await said), program.ExitCode);
    }
}
