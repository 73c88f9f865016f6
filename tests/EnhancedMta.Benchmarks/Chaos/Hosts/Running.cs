namespace EnhancedMta.Benchmarks.Chaos.Hosts;

internal static class Running
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Until all have started.</summary>
    /// <exception cref="InvalidOperationException">One does not.</exception>
    public static async Task WaitAsync(IReadOnlyList<Host> hosts, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (hosts.FirstOrDefault(host => !host.IsRunning) is { } missing)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new InvalidOperationException($"{missing.Name} does not start. {missing.LastLines}");
            await Task.Delay(50, cancellationToken);
        }
    }
}
