using EnhancedMta.Modes;

namespace EnhancedMta.Tests.Modes;

/// <summary>One sender for all, never two at once.</summary>
public sealed class ModeStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Between_two_senders_nobody_sends_for_longer_than_an_instance_takes_to_see_the_change()
    {
        var native = ModeState.Initial.Change(OperatingMode.Native, "revert", Noon);
        Assert.Equal(OperatingMode.Maintenance, native.At(Noon + ModeState.SeenWithin));
        Assert.Equal(OperatingMode.Native, native.At(Noon.AddSeconds(12)));
        var back = native.Change(OperatingMode.Enhanced, null, Noon.AddHours(1));
        Assert.Equal(OperatingMode.Maintenance, back.At(Noon.AddHours(1) + ModeState.SeenWithin));
        Assert.Equal(OperatingMode.Enhanced, back.At(Noon.AddHours(1).AddSeconds(12)));
    }

    [Fact]
    public void Maintenance_begins_at_once_and_the_same_sender_goes_on_at_once()
    {
        var maintenance = ModeState.Initial.Change(OperatingMode.Maintenance, null, Noon);
        Assert.Equal(OperatingMode.Maintenance, maintenance.At(Noon));
        Assert.Equal(OperatingMode.Enhanced, maintenance.Change(OperatingMode.Enhanced, null, Noon.AddSeconds(1)).At(Noon.AddSeconds(1)));
    }

    [Fact]
    public void A_pause_does_not_hide_who_sent_last()
    {
        var native = ModeState.Initial.Change(OperatingMode.Maintenance, null, Noon).Change(OperatingMode.Native, null, Noon.AddSeconds(1));
        Assert.Equal(OperatingMode.Maintenance, native.At(Noon.AddSeconds(2)));
    }

    [Fact]
    public void It_is_kept_as_it_is()
    {
        var state = ModeState.Initial.Change(OperatingMode.Native, "why", Noon);
        Assert.Equal(state, ModeState.Read(state.ToRow()));
    }
}
