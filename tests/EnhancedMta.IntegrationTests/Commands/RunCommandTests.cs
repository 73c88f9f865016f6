using System.Diagnostics;
using System.Globalization;
using System.Net;
using Azure.Data.Tables;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.Settings;

namespace EnhancedMta.IntegrationTests.Commands;

/// <summary>The program itself, as a process of its own.</summary>
public sealed class RunCommandTests(AzuriteFixture azurite) : IDisposable
{
    private readonly string _checkout = Directory.CreateTempSubdirectory("checkout-").FullName;
    private readonly HttpClient _client = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_checkout, recursive: true);
    }

    [Fact]
    public async Task It_serves_the_app_on_the_given_storage_until_ctrl_c()
    {
        using var program = Start(azurite.NewAccount(), "--port", "0");
        var address = await AddressAsync(program);
        using (var health = await _client.GetAsync(new Uri(address, "api/health"), Cancel)) Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        using (var refused = await _client.GetAsync(new Uri(address, "api/deliveries"), Cancel)) Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        await InterruptAsync(program);
        await program.WaitForExitAsync(Cancel);
        Assert.Equal(0, program.ExitCode);
    }

    [Fact]
    public async Task A_killed_program_takes_its_azurite_with_it_which_saves_its_data_for_the_next()
    {
        if (await AzuriteEmulator.AnswersAsync("UseDevelopmentStorage=true", Cancel))
            Assert.Skip("A storage emulator already answers on the standard ports: the program starts none of its own then.");
        LikeACheckout();
        var mark = Path.Combine(_checkout, ".azurite", "run", "azurite.pid");

        using (var program = Start("UseDevelopmentStorage=true", "--port", "0"))
        {
            await AddressAsync(program);
            using var emulator = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(mark, Cancel), CultureInfo.InvariantCulture));
            program.Kill();
            await emulator.WaitForExitAsync(Cancel);
        }
        Assert.False(File.Exists(mark));
        // The first one's tables are there, though Azurite had no time to save by itself.
        await using var next = await AzuriteEmulator.StartAsync(new() { Folder = Path.GetDirectoryName(mark)! }, Cancel);
        Assert.NotEmpty(await new TableServiceClient(next.ConnectionString).QueryAsync(cancellationToken: Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Unknown_commands_and_arguments_explain_the_usage_and_end_with_2()
    {
        foreach (var arguments in new[] { ["dance"], ["run", "--fast"], new[] { "--port", "much" } })
        {
            using var program = Start("unused", arguments);
            var said = await program.StandardError.ReadToEndAsync(Cancel);
            await program.WaitForExitAsync(Cancel);
            Assert.Equal(2, program.ExitCode);
            Assert.Contains("run [--port N]", said, StringComparison.Ordinal);
        }
    }

    /// <summary>A folder of its own in the place of the repository's root, so that nothing here meets a developer's data.</summary>
    private void LikeACheckout()
    {
        var root = RepositoryRoot.Find();
        File.WriteAllText(Path.Combine(_checkout, "EnhancedMta.sln"), "");
        File.Copy(Path.Combine(root, "local.settings.json.example"), Path.Combine(_checkout, "local.settings.json.example"));
        Directory.CreateSymbolicLink(Path.Combine(_checkout, "node_modules"), Path.Combine(root, "node_modules"));
    }

    private Process Start(string storage, params string[] arguments)
    {
        // A shell starts what runs in its background with Ctrl-C ignored, which is inherited: these tests too may run there.
        string[] command = [.. OperatingSystem.IsLinux() ? (string[])["env", "--default-signal=INT"] : [], "dotnet", typeof(LocalSettings).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = _checkout,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AzureWebJobsStorage"] = storage },
        };
        return Process.Start(start)!;
    }

    private static async Task<Uri> AddressAsync(Process program)
    {
        while (await program.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["API", var address]) return new(address);
        }
        throw new InvalidOperationException(await program.StandardError.ReadToEndAsync(Cancel));
    }

    private static async Task InterruptAsync(Process program)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no signal that a test could send instead of Ctrl-C.");
        using var kill = Process.Start("kill", ["-INT", program.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancel);
    }
}
