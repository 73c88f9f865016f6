using CsCheck;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Tests.Paths;

/// <summary>Rights to begin that were let through and not used.</summary>
public sealed class UnbegunRightsTests
{
    private static readonly Slice Now = new(1_000);

    [Fact]
    public void No_right_is_used_twice_whoever_takes_it()
    {
        // Let through, begun, taken over for urgent mail and given back, in any order and at once.
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 9]).List[1, 200].Sample(steps =>
        {
            var rights = new UnbegunRights();
            var (let, begun, yielded) = (0, 0, 0);
            Parallel.ForEach(steps, step =>
            {
                var (act, count) = step;
                if (act == 0)
                {
                    rights.Add(Now, isUrgent: false, count);
                    Interlocked.Add(ref let, count);
                }
                else if (act == 1)
                {
                    var taken = rights.Yield(Now, count);
                    rights.Add(Now, isUrgent: true, taken);
                    Interlocked.Add(ref yielded, taken);
                }
                else if (rights.TryTake(Now, isUrgent: act == 3))
                {
                    Interlocked.Increment(ref begun);
                }
            });
            while (rights.TryTake(Now, isUrgent: true) || rights.TryTake(Now, isUrgent: false))
                begun++;
            Assert.Equal(let, begun);
            Assert.InRange(yielded, 0, let);
        }, iter: 300);
    }

    [Fact]
    public void With_a_new_slice_those_of_the_one_before_are_over()
    {
        var rights = new UnbegunRights();
        rights.Add(Now, isUrgent: false, 5);
        rights.Add(Now, isUrgent: true, 5);
        rights.Add(Now + 1, isUrgent: false, 2);
        // It was let through just before the slice ended.
        rights.Add(Now, isUrgent: false, 5);
        Assert.Equal((0, 2, 0, 2), (rights.Usual(Now), rights.Usual(Now + 1), rights.Yield(Now, 5), rights.Yield(Now + 1, 5)));
        Assert.False(rights.TryTake(Now + 1, isUrgent: true));
    }

    [Fact]
    public void One_of_its_own_kind_and_slice_is_taken_for_each_message()
    {
        var rights = new UnbegunRights();
        rights.Add(Now, isUrgent: false, 1);
        rights.Add(Now, isUrgent: true, 2);
        Assert.False(rights.TryTake(Now + 1, isUrgent: false));
        Assert.Equal([true, false], new[] { rights.TryTake(Now, isUrgent: false), rights.TryTake(Now, isUrgent: false) });
        Assert.Equal([true, true, false], new[] { rights.TryTake(Now, isUrgent: true), rights.TryTake(Now, isUrgent: true), rights.TryTake(Now, isUrgent: true) });
    }

    [Fact]
    public void Of_marketing_mails_as_many_are_yielded_as_are_wanted_and_there()
    {
        var rights = new UnbegunRights();
        rights.Add(Now, isUrgent: false, 5);
        rights.Add(Now, isUrgent: true, 5);
        Assert.Equal((0, 3, 2), (rights.Yield(Now + 1, 9), rights.Yield(Now, 3), rights.Usual(Now)));
        Assert.Equal((2, 0, 0), (rights.Yield(Now, 9), rights.Yield(Now, 9), rights.Usual(Now)));
        Assert.True(rights.TryTake(Now, isUrgent: true));
    }
}
