using System.Diagnostics.Metrics;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Telemetry;

/// <summary>One process measures, and another may be the next: what is old must not be told for ever.</summary>
public sealed class InstanceGaugesTests
{
    [Fact]
    public void What_was_measured_is_told_and_three_minutes_later_it_is_zero()
    {
        var clock = new FakeTimeProvider();
        using var gauges = new InstanceGauges(clock);
        Assert.Equal(0, Read(gauges, "enhancedmta.dkim.keys_missing"));
        gauges.Set(new InstanceState(clock.GetUtcNow(), [new("relay-marketing", 7, TimeSpan.FromSeconds(90))], new Dictionary<PathMode, long> { [PathMode.Suspended] = 2 }, 1, TimeSpan.FromSeconds(30)));
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal((7, 90, 2, 1), (Read(gauges, "enhancedmta.queue.depth"), Read(gauges, "enhancedmta.queue.oldest_age"), Read(gauges, "enhancedmta.paths"), Read(gauges, "enhancedmta.dkim.keys_missing")));
        Assert.Equal(30, Read(gauges, "enhancedmta.feed.lag"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Read(gauges, "enhancedmta.feed.lag"));
        Assert.Equal((0, 0, 0, 0), (Read(gauges, "enhancedmta.queue.depth"), Read(gauges, "enhancedmta.queue.oldest_age"), Read(gauges, "enhancedmta.paths"), Read(gauges, "enhancedmta.dkim.keys_missing")));
    }

    private static double Read(InstanceGauges gauges, string name)
    {
        var sum = 0.0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == name && ReferenceEquals(instrument.Meter, gauges.Meter))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => sum += value);
        listener.Start();
        listener.RecordObservableInstruments();
        return sum;
    }
}
