using EnhancedMta.Bounces;
using EnhancedMta.Tests.Ingestion;

namespace EnhancedMta.Tests.Bounces;

/// <summary>What a mail that came back tells by itself, without a look into the log.</summary>
public sealed class ReportedIdsTests
{
    private static readonly string Path = Relay.ReturnPaths.Encode("spring", 3, "1001");
    private static readonly string Sealed = $"1001.spring.{Relay.ReturnPaths.Seal("spring", "1001")}@shop.example";

    [Fact]
    public void A_return_path_of_ours_names_the_message_and_an_agreeing_message_id_the_delivery()
    {
        Assert.Equal((null, "1001"), Of([Path], null));
        Assert.Equal(("spring", "1001"), Of(["somebody@elsewhere.example", Path], "1001.spring@shop.example"));
        // They disagree: what only we can have made counts.
        Assert.Equal((null, "1001"), Of([Path], "1002.spring@shop.example"));
    }

    [Fact]
    public void A_message_id_alone_counts_with_our_seal_or_on_a_domain_of_ours()
    {
        Assert.Equal(("spring", "1001"), Of([], Sealed));
        Assert.Equal(("spring", "1001"), Of([], "1001.spring@mail.shop.example", "shop.example"));
        Assert.Equal((null, null), Of([], "1001.spring@shop.example"));
        Assert.Equal((null, null), Of([], "1001.spring@evilshop.example", "shop.example"));
        Assert.Equal((null, null), Of([], Sealed.Replace("1001.", "1002.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Forged_and_foreign_ones_tell_nothing() => Assert.Equal((null, null), Of([Path[..^2] + "xx", "b-aaaa@bounces.example"], "no id of ours"));

    private static (string?, string?) Of(IReadOnlyList<string> returnPaths, string? messageId, params IReadOnlyList<string> senderDomains) =>
        ReportedIds.Of(new BounceMail { Kind = BounceMailKind.Dsn, ReturnPaths = returnPaths, OriginalMessageId = messageId }, Relay.ReturnPaths, senderDomains);
}
