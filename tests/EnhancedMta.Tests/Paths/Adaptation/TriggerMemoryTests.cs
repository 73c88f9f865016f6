using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class TriggerMemoryTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void Hits_count_for_the_triggers_time_and_those_close_together_are_one_entry()
    {
        var memory = Add(new TriggerMemory("t", null, []), 2, 0);
        memory = Add(memory, 3, 7);
        Assert.Equal([new HitCount(Start, 5)], memory.Hits);
        memory = Add(memory, 1, 7.5);
        Assert.Equal([new(Start, 5), new(Start.AddMinutes(7.5), 1)], memory.Hits);
        Assert.Equal(6, memory.Count);
        Assert.Equal(7, Add(memory, 1, 59.9).Count);
        Assert.Equal(2, Add(memory, 1, 60).Count);
        Assert.Equal(6, Add(memory, 0, 30).Count);
        // Told too late to count.
        Assert.Equal(6, memory.Add(4, Start.AddHours(-2), Hour, Start.AddMinutes(8)).Count);

        static TriggerMemory Add(TriggerMemory memory, int count, double minutes) => memory.Add(count, Start.AddMinutes(minutes), Hour, Start.AddMinutes(minutes));
    }

    [Fact]
    public void What_set_a_trigger_off_is_remembered_while_late_pieces_may_come()
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("t", TriggerAction.Connections, minutes: 30)));
        path.Hit("t");
        path.Minutes(39);
        Assert.Single(path.Control.Triggers);
        path.Minutes(1);
        Assert.Empty(path.Control.Triggers);
    }

    [Fact]
    public void Hits_that_were_not_enough_are_forgotten_with_the_triggers_time()
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("t", TriggerAction.Connections, count: 9, minutes: 10)));
        path.Hit("t", 2);
        path.Minutes(50);
        path.Hit("t", 2);
        path.Minutes(9);
        Assert.Equal(4, Assert.Single(path.Control.Triggers).Count);
        path.Minutes(51);
        Assert.Empty(path.Control.Triggers);
    }
}
