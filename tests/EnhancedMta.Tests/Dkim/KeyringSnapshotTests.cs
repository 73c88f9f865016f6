using EnhancedMta.Dkim;

namespace EnhancedMta.Tests.Dkim;

public sealed class KeyringSnapshotTests
{
    private static readonly DateTimeOffset Now = Verified.Now;

    [Fact]
    public void A_domain_finds_its_own_keys_or_the_closest_above_it()
    {
        var keys = Snapshot([Rsa("example.com", "one"), Rsa("news.example.com", "two")]);
        Assert.Equal(["one"], Selectors(keys, "example.com"));
        Assert.Equal(["one"], Selectors(keys, "a.b.example.com"));
        Assert.Equal(["two"], Selectors(keys, "news.example.com"));
        Assert.Equal(["two"], Selectors(keys, "x.news.example.com"));
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("notexample.com")]
    [InlineData("com")]
    public void Mail_of_a_domain_without_a_key_waits_unless_it_is_said_to_be_unsigned(string domain)
    {
        var waits = Assert.IsType<DkimKeyLookup.NotUsable>(Snapshot([Rsa("example.com", "one")]).Find(domain));
        Assert.Equal(domain, waits.Domain);
        Assert.Contains("EnhancedMta__Dkim__Unsigned", waits.Reason, StringComparison.Ordinal);
        Assert.IsType<DkimKeyLookup.GoesUnsigned>(Snapshot([Rsa("example.com", "one")], unsigned: [domain]).Find(domain));
        Assert.IsType<DkimKeyLookup.GoesUnsigned>(Snapshot([Rsa("example.com", "one")], unsigned: ["*"]).Find(domain));
    }

    [Fact]
    public void Unsigned_holds_for_what_is_below_and_not_for_what_has_a_key()
    {
        var keys = Snapshot([Rsa("news.example.com", "one")], unsigned: ["example.com", "*"]);
        Assert.IsType<DkimKeyLookup.GoesUnsigned>(keys.Find("other.example.com"));
        Assert.Equal(["one"], Selectors(keys, "a.news.example.com"));
        Assert.IsType<DkimKeyLookup.GoesUnsigned>(Snapshot([Rsa("example.com", "one")], unsigned: ["test.example.com"]).Find("a.test.example.com"));
    }

    [Fact]
    public void A_domain_with_both_kinds_of_keys_is_signed_twice_with_RSA_first() =>
        Assert.Equal(["rsa", "ed"], Selectors(Snapshot([Ed("example.com", "ed"), Rsa("example.com", "rsa"), Rsa("example.com", "later")]), "example.com"));

    [Fact]
    public void A_broken_key_never_gives_way_to_one_above_it_nor_to_unsigned()
    {
        var keys = Snapshot([Rsa("example.com", "one"), DkimKeyEntry.Broken("news.example.com", "two", "somewhere", "is gone")], unsigned: ["*"]);
        Assert.Contains("is gone", Assert.IsType<DkimKeyLookup.NotUsable>(keys.Find("news.example.com")).Reason, StringComparison.Ordinal);
        Assert.Contains("is gone", Assert.IsType<DkimKeyLookup.NotUsable>(keys.Find("a.news.example.com")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_says_which_selector_signs()
    {
        var (old, fresh) = (Rsa("example.com", "old"), Rsa("example.com", "new", PrivateKeyMaker.Make(DkimAlgorithm.Rsa)));
        var keys = Snapshot([old, fresh], [State("example.com", (old, SelectorPhase.Retiring), (fresh, SelectorPhase.Active))]);
        Assert.Equal(["new"], Selectors(keys, "example.com"));
    }

    [Fact]
    public void A_broken_key_that_need_not_sign_stops_nothing()
    {
        var good = Rsa("example.com", "good");
        var keys = Snapshot([good, DkimKeyEntry.Broken("example.com", "next", "somewhere", "is gone")], [State("example.com", (good, SelectorPhase.Active))]);
        Assert.Equal(["good"], Selectors(keys, "example.com"));
    }

    [Fact]
    public void The_selector_that_signs_must_be_there_and_have_the_key_that_it_had()
    {
        var (old, other) = (Rsa("example.com", "s"), Rsa("example.com", "s", PrivateKeyMaker.Make(DkimAlgorithm.Rsa)));
        var state = State("example.com", (old, SelectorPhase.Active));
        Assert.Contains("not there any more", Waits(Snapshot([], [state]), "example.com"), StringComparison.Ordinal);
        Assert.Contains("another one now", Waits(Snapshot([other], [state]), "example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_domain_below_one_that_signs_is_signed_by_that_until_its_record_was_seen()
    {
        var (above, below) = (Rsa("example.com", "above"), Rsa("news.example.com", "below"));
        var aboveState = State("example.com", (above, SelectorPhase.Active));
        Assert.Equal(["above"], Selectors(Snapshot([above, below], [aboveState]), "news.example.com"));
        Assert.Equal(["above"], Selectors(Snapshot([above, below], [aboveState, State("news.example.com", (below, SelectorPhase.Pending))]), "news.example.com"));
        Assert.Equal(["below"], Selectors(Snapshot([above, below], [aboveState, State("news.example.com", (below, SelectorPhase.Active))]), "news.example.com"));
    }

    [Fact]
    public void A_domain_whose_only_selector_waits_for_its_record_says_so()
    {
        var key = Rsa("example.com", "s1");
        Assert.Contains("s1._domainkey.example.com must be seen", Waits(Snapshot([key], [State("example.com", (key, SelectorPhase.Pending))]), "a.example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public void With_keys_unread_only_what_no_unread_key_could_change_is_told()
    {
        var keys = new KeyringSnapshot([Rsa("example.com", "one")], new Dictionary<string, DomainState>(), new HashSet<string> { "test.example", "*" }, "not read", null);
        Assert.Equal(["one"], Selectors(keys, "example.com"));
        Assert.IsType<DkimKeyLookup.GoesUnsigned>(keys.Find("test.example"));
        // Closer keys may be among those that were not read.
        Assert.Equal("not read", Waits(keys, "news.example.com"));
        Assert.Equal("not read", Waits(keys, "a.test.example"));
        Assert.Equal("not read", Waits(keys, "example.org"));
        // Without the states not even the domain's own: another selector may sign by now.
        Assert.Equal("not read", Waits(new KeyringSnapshot([Rsa("example.com", "one")], null, new HashSet<string>(), "not read", null), "example.com"));
    }

    [Fact]
    public void What_signed_before_an_outage_goes_on()
    {
        var (old, fresh) = (Rsa("example.com", "old"), Rsa("example.com", "new", PrivateKeyMaker.Make(DkimAlgorithm.Rsa)));
        var before = Snapshot([old], [State("example.com", (old, SelectorPhase.Active))]);
        // Another process saw the new key and let it sign; this one cannot read it.
        var states = new Dictionary<string, DomainState> { ["example.com"] = State("example.com", (old, SelectorPhase.Retiring), (fresh, SelectorPhase.Active)) };
        Assert.Equal(["old"], Selectors(new KeyringSnapshot([old], states, new HashSet<string>(), null, before), "example.com"));
        Assert.IsType<DkimKeyLookup.NotUsable>(new KeyringSnapshot([old], states, new HashSet<string>(), null, null).Find("example.com"));
    }

    internal static DkimKeyEntry Rsa(string domain, string selector, string? pem = null) => DkimKeyEntry.Good(PrivateKeyReader.Read(domain, selector, pem ?? Verified.Pkcs8Pem), "here");

    internal static DkimKeyEntry Ed(string domain, string selector) => DkimKeyEntry.Good(PrivateKeyReader.Read(domain, selector, Verified.Ed25519Pem), "here");

    private static DomainState State(string domain, params (DkimKeyEntry Entry, SelectorPhase Phase)[] selectors) =>
        new(domain, [.. selectors.Select(s => new SelectorState(s.Entry.Selector, s.Entry.Key!.Algorithm, s.Entry.Key.Fingerprint, s.Phase, Now))]);

    private static KeyringSnapshot Snapshot(IReadOnlyList<DkimKeyEntry> entries, IReadOnlyList<DomainState>? states = null, string[]? unsigned = null) =>
        new(entries, (states ?? []).ToDictionary(state => state.Domain), new HashSet<string>(unsigned ?? []), null, null);

    private static IEnumerable<string> Selectors(KeyringSnapshot keys, string domain) => Assert.IsType<DkimKeyLookup.Found>(keys.Find(domain)).Keys.Select(key => key.Selector);

    private static string Waits(KeyringSnapshot keys, string domain) => Assert.IsType<DkimKeyLookup.NotUsable>(keys.Find(domain)).Reason;
}
