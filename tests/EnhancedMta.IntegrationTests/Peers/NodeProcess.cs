using System.Diagnostics;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>A script beside the tests that runs on node with the packages of package.json.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private NodeProcess(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts a script, or skips the test when there is no node or no npm to get the packages with.</summary>
    /// <param name="script">Path below this project.</param>
    /// <param name="arguments">For the script.</param>
    public static async Task<NodeProcess> StartAsync(string script, params string[] arguments)
    {
        var root = RepositoryRoot.Find();
        try
        {
            await NodePackages.EnsureAsync(root, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
            var path = Path.Combine(root, "tests", "EnhancedMta.IntegrationTests", script);
            return new NodeProcess(Process.Start(new ProcessStartInfo("node", [path, .. arguments])
            {
                WorkingDirectory = root,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!);
        }
        catch (Exception missing) when (missing is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"Node.js and its packages are not to be had: {missing.Message}");
            throw;
        }
    }

    /// <summary>The script's next line of output.</summary>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException($"The script ended: {await _errors}");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
