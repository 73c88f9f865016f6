using System.Diagnostics;
using System.Globalization;

namespace EnhancedMta.LocalHost.Emulator;

/// <summary>The Azurite of a host that was killed: it sees that, writes its data to the folder and ends, which takes a moment.</summary>
internal static class EarlierAzurite
{
    // azurite.cjs gives itself 10 s. A mark that is older belongs to a process that was killed itself, its number may be another's now.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12);

    /// <summary>Call with the folder's lock held: then no host is left that wants it to go on.</summary>
    public static async Task WaitUntilEndedAsync(string folder, CancellationToken cancellationToken)
    {
        var mark = Path.Combine(folder, "azurite.pid");
        for (var since = Stopwatch.StartNew(); since.Elapsed < Limit && IsAlive(mark);) await Task.Delay(50, cancellationToken);
        File.Delete(mark);
    }

    private static bool IsAlive(string mark)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(File.ReadAllText(mark), CultureInfo.InvariantCulture));
            return !process.HasExited;
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
