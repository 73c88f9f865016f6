using EnhancedMta.LocalHost.Clocks;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Tests.Clocks;

public sealed class FastClockTests
{
    [Fact]
    public async Task Its_time_and_its_timers_run_together()
    {
        var clock = new FastClock(TimeProvider.System.GetUtcNow(), 1_000);
        var (began, timestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        // Less than a second of ours.
        await Task.Delay(TimeSpan.FromMinutes(10), clock, TestContext.Current.CancellationToken);
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromMinutes(9.9));
        Assert.True(clock.GetElapsedTime(timestamp) >= TimeSpan.FromMinutes(9.9));
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        Assert.True(await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Processes_with_one_origin_agree()
    {
        var origin = TimeProvider.System.GetUtcNow().AddHours(-1);
        var ahead = new FastClock(origin, 20).GetUtcNow() - origin;
        Assert.InRange(ahead, TimeSpan.FromHours(20), TimeSpan.FromHours(21));
    }

    [Fact]
    public void A_clock_that_was_set_tells_another_time_and_measures_the_same()
    {
        var clock = new FastClock(TimeProvider.System.GetUtcNow(), 1);
        var (before, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        clock.Step = TimeSpan.FromHours(-5);
        Assert.InRange(clock.GetUtcNow() - before, TimeSpan.FromHours(-5), TimeSpan.FromHours(-4));
        Assert.InRange(clock.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task It_is_set_by_a_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "-90.5", TestContext.Current.CancellationToken);
            var clock = new FastClock(TimeProvider.System.GetUtcNow(), 60);
            using var steps = new ClockSteps(clock, file);
            await steps.StartAsync(TestContext.Current.CancellationToken);
            Assert.Equal(TimeSpan.FromSeconds(-90.5), clock.Step);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("1", null)]
    public void Without_speed_the_time_is_real(string? speed, string? origin) => Assert.Null(FastClock.Read(Settings(speed, origin)));

    [Theory]
    [InlineData("0", "2026-11-28T14:00:00.0000000+00:00", "Speed")]
    [InlineData("fast", "2026-11-28T14:00:00.0000000+00:00", "Speed")]
    [InlineData("10", null, "Origin")]
    [InlineData("10", "noon", "Origin")]
    public void What_cannot_be_used_is_named(string speed, string? origin, string name) =>
        Assert.Contains($"LocalHost__Clock__{name}", Assert.Throws<FormatException>(() => FastClock.Read(Settings(speed, origin))).Message, StringComparison.Ordinal);

    [Fact]
    public void It_is_read()
    {
        var clock = FastClock.Read(Settings("2.5", "2026-11-28T14:00:00.0000000+00:00"));
        Assert.Equal((2.5, new DateTimeOffset(2026, 11, 28, 14, 0, 0, TimeSpan.Zero)), (clock!.Speed, clock.Origin));
    }

    private static IConfigurationRoot Settings(string? speed, string? origin) => new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create("LocalHost:Clock:Speed", speed), KeyValuePair.Create("LocalHost:Clock:Origin", origin)])
        .Build();
}
