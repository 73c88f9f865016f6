using EnhancedMta.Dkim;

namespace EnhancedMta.Tests.Dkim;

public sealed class RotationTests
{
    private const string Domain = "example.com";

    private static readonly DateTimeOffset Start = Verified.Now;
    private static readonly DkimKey Old = KeyringSnapshotTests.Rsa(Domain, "old").Key!;
    private static readonly DkimKey Fresh = KeyringSnapshotTests.Rsa(Domain, "new", PrivateKeyMaker.Make(DkimAlgorithm.Rsa)).Key!;
    private static readonly DkimKey Ed = KeyringSnapshotTests.Ed(Domain, "ed").Key!;

    private static readonly RecordSight Right = Sight(RecordStatus.Right);
    private static readonly RecordSight Missing = Sight(RecordStatus.Missing);
    private static readonly RecordSight Unknown = Sight(RecordStatus.Unknown);

    [Fact]
    public void The_first_key_of_each_algorithm_signs_at_once_and_further_ones_wait_for_their_records()
    {
        var state = Take(null, Old, Ed, Fresh);
        Assert.Equal([("old", SelectorPhase.Active), ("ed", SelectorPhase.Active), ("new", SelectorPhase.Pending)], Phases(state));
        Assert.Same(state, Take(state, Old, Ed, Fresh));
    }

    [Fact]
    public void A_first_key_below_a_domain_that_signs_waits_too() =>
        Assert.Equal([("old", SelectorPhase.Pending)], Phases(Rotation.Take(null, Domain, [Old], signsAtOnce: false, allRead: true, Start)));

    [Fact]
    public void A_new_selector_signs_after_looks_in_a_row_minutes_apart_and_the_old_one_stays_published_for_a_week()
    {
        var state = Take(null, Old, Fresh);
        var now = Start;
        // Not there, there, away again, there for good.
        foreach (var sight in new[] { Missing, Right, Missing, Right, Unknown, Right })
        {
            state = Look(state, "new", sight, ref now);
            Assert.Equal([("old", SelectorPhase.Active), ("new", SelectorPhase.Pending)], Phases(state));
        }
        state = Look(state, "new", Right, ref now);
        Assert.Equal([("old", SelectorPhase.Retiring), ("new", SelectorPhase.Active)], Phases(state));
        // Right looks are five minutes apart: the record was there for ten minutes at least.
        Assert.True(now - Start >= TimeSpan.FromMinutes(15));

        var rotated = now;
        Assert.Same(state, Rotation.Advance(state, rotated + TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1)));
        state = Rotation.Advance(state, rotated + TimeSpan.FromDays(7));
        Assert.Equal([("old", SelectorPhase.Retired), ("new", SelectorPhase.Active)], Phases(state));
        // Its key may lie in the vault for ever: it never comes back by itself.
        Assert.Equal([("old", SelectorPhase.Retired), ("new", SelectorPhase.Active)], Phases(Take(state, Old, Fresh)));
    }

    [Fact]
    public void A_first_key_of_another_algorithm_joins_once_it_is_seen()
    {
        var now = Start;
        var state = Take(Take(null, Old), Old, Ed);
        for (var look = 0; look < Rotation.LooksNeeded; look++)
            state = Look(state, "ed", Right, ref now);
        Assert.Equal([("old", SelectorPhase.Active), ("ed", SelectorPhase.Active)], Phases(state));
    }

    [Fact]
    public void Another_key_under_the_same_name_is_a_selector_of_its_own_that_must_be_seen()
    {
        var now = Start;
        var replaced = KeyringSnapshotTests.Rsa(Domain, "old", PrivateKeyMaker.Make(DkimAlgorithm.Rsa)).Key!;
        var state = Take(Take(null, Old), replaced);
        Assert.Equal([("old", SelectorPhase.Active), ("old", SelectorPhase.Pending)], Phases(state));
        for (var look = 0; look < Rotation.LooksNeeded; look++)
            state = state.With(state.Selectors[1], Rotation.Note(state.Selectors[1], Right, now));
        // Of the old one nothing is published any more that could be kept.
        var only = Assert.Single(Rotation.Advance(state, now).Selectors);
        Assert.Equal((SelectorPhase.Active, replaced.Fingerprint), (only.Phase, only.Fingerprint));
    }

    [Fact]
    public void A_key_that_is_being_made_is_taken_in_under_its_name_or_forgotten()
    {
        var making = new DomainState(Domain, [new SelectorState("new", DkimAlgorithm.Rsa, "", SelectorPhase.Making, Start)]);
        var made = Assert.Single(Take(making, Fresh).Selectors);
        Assert.Equal((SelectorPhase.Pending, Fresh.Fingerprint), (made.Phase, made.Fingerprint));
        Assert.Same(making, Take(making));
        Assert.Empty(Rotation.Take(making, Domain, [], true, true, Start + Rotation.MakingLimit).Selectors);
    }

    [Fact]
    public void A_pending_key_that_went_away_is_forgotten_unless_it_could_not_be_read_and_one_that_signs_never_is()
    {
        var state = Take(null, Old, Fresh);
        Assert.Equal([("old", SelectorPhase.Active)], Phases(Take(state, Old)));
        Assert.Equal([("old", SelectorPhase.Active), ("new", SelectorPhase.Pending)], Phases(Rotation.Take(state, Domain, [], true, allRead: false, Start)));
        Assert.Equal([("old", SelectorPhase.Active)], Phases(Take(state)));
    }

    [Fact]
    public void A_retired_selector_is_forgotten_long_after_its_key_is_gone()
    {
        var state = new DomainState(Domain, [new SelectorState("old", DkimAlgorithm.Rsa, Old.Fingerprint, SelectorPhase.Retired, Start)]);
        Assert.Single(Rotation.Take(state, Domain, [Old], true, true, Start.AddDays(400)).Selectors);
        Assert.Single(Rotation.Take(state, Domain, [], true, true, Start.AddDays(89)).Selectors);
        Assert.Empty(Rotation.Take(state, Domain, [], true, true, Start.AddDays(90)).Selectors);
    }

    [Fact]
    public void Who_is_put_in_line_again_must_be_seen_again()
    {
        var state = new DomainState(Domain, [new SelectorState("old", DkimAlgorithm.Rsa, Old.Fingerprint, SelectorPhase.Retired, Start) { Right = Rotation.LooksNeeded }]);
        state = Rotation.Return(state, state.Selectors[0], Start.AddDays(1));
        Assert.Equal([("old", SelectorPhase.Pending)], Phases(Rotation.Advance(state, Start.AddDays(1))));
        Assert.True(Rotation.IsLookDue(state.Selectors[0], Start.AddDays(1)));
    }

    private static DomainState Take(DomainState? state, params DkimKey[] keys) => Rotation.Take(state, Domain, keys, signsAtOnce: true, allRead: true, Start);

    // As the timer does, each minute.
    private static DomainState Look(DomainState state, string selector, RecordSight sight, ref DateTimeOffset now)
    {
        var looked = state.Selectors.First(s => s.Selector == selector);
        while (!Rotation.IsLookDue(looked, now))
            now += TimeSpan.FromMinutes(1);
        return Rotation.Advance(state.With(looked, Rotation.Note(looked, sight, now)), now);
    }

    private static IEnumerable<(string, SelectorPhase)> Phases(DomainState state) => state.Selectors.Select(s => (s.Selector, s.Phase));

    private static RecordSight Sight(RecordStatus status) => new([new ServerSight("192.0.2.53:53", status, status == RecordStatus.Right ? null : "why")]);
}
