namespace EnhancedMta.IntegrationTests.Hosting;

/// <summary>Waits for what other threads and processes do.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static Task IsTrueAsync(Func<bool> condition, string what) => IsTrueAsync(() => Task.FromResult(condition()), what);

    public static async Task IsTrueAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"Not within {Limit.TotalSeconds:0} s: {what}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
