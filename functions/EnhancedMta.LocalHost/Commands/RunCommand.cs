using System.Globalization;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.Settings;

namespace EnhancedMta.LocalHost.Commands;

/// <summary>Runs the function app for real use on the storage of local.settings.json, until Ctrl-C.</summary>
internal static class RunCommand
{
    public const string Usage = "run [--port N]    run the function app on the storage of local.settings.json, until Ctrl-C (the default)";

    private const int DefaultPort = 7071;
    private const string FunctionKeySetting = "LocalHost:FunctionKey";

    /// <returns>The exit code: 0 after Ctrl-C, 1 when it cannot start, 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        int? port = null;
        switch (arguments)
        {
            case []:
                break;
            case ["--port", var text] when ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                port = number;
                break;
            default:
                await Console.Error.WriteLineAsync($"run: cannot use '{string.Join(' ', arguments)}'. Usage: {Usage}");
                return 2;
        }
        using var stop = new StopSignal();
        try
        {
            await RunAsync(port, stop);
            return 0;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or IOException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task RunAsync(int? port, StopSignal stop)
    {
        var settings = LocalSettings.Load();
        await using var storage = await LocalStorage.OpenAsync(settings, "run", stop.Token);
        var keys = settings.Keys();
        await using var host = await FunctionHost.StartAsync(
            FunctionApp.Options(storage.Configuration) with
            {
                Keys = keys,
                Port = port ?? settings.Port ?? DefaultPort,
                CorsOrigins = settings.CorsOrigins,
            }, stop.Token);
        Console.WriteLine($"""
            EnhancedMta runs. Ctrl-C stops it.
              settings    {settings.Path}
              storage     {storage.Description}
              API         {host.Address}
              dashboard   {new Uri(host.Address, "api/dashboard")}
              key         {Shown(settings, FunctionKeySetting, keys.Function)}
              master key  {Shown(settings, "LocalHost:MasterKey", keys.Master)}
              send a key in the header {FunctionKeys.Header}
            """);
        foreach (var route in host.Routes) Console.WriteLine($"  {route}");
        if (!IsGiven(settings, FunctionKeySetting)) Console.WriteLine($"For a shell: {FunctionKeys.Export(host.Address, keys.Function)}");
        await stop.WaitAsync();
        Console.WriteLine("Stopping: what runs may finish, the rest goes back to its queue.");
    }

    // A key of the settings is a secret that its owner knows; a random one nobody knows yet.
    private static string Shown(LocalSettings settings, string setting, string key) =>
        IsGiven(settings, setting) ? $"the one of {setting.Replace(":", "__", StringComparison.Ordinal)}" : $"{key} (random, for this run)";

    private static bool IsGiven(LocalSettings settings, string setting) => settings.Configuration[setting] is { Length: > 0 };
}
