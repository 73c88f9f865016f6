using CsCheck;
using EnhancedMta.Ingestion;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>The Message-ID that we give names its message, and bears a seal that only we can make.</summary>
public sealed class MessageIdentityTests
{
    private static readonly Gen<string> Ids = Gen.Char["abz019-._:@+="].Array[1, 40].Select(letters => new string(letters));

    [Fact]
    public void Any_ids_read_back_and_the_seal_is_of_these_two_only() =>
        Gen.Select(Ids, Ids, Ids).Sample((messageId, deliveryId, other) =>
        {
            var seal = Relay.ReturnPaths.Seal(deliveryId, messageId);
            Assert.True(MessageIdentity.TryRead(MessageIdentity.FieldValue(messageId, deliveryId, seal, "shop.example"), out var readDelivery, out var readMessage, out var readSeal));
            Assert.Equal((deliveryId, messageId, seal), (readDelivery, readMessage, readSeal));
            Assert.True(Relay.ReturnPaths.IsSeal(seal.ToUpperInvariant(), deliveryId, messageId));
            Assert.True(other == messageId || !Relay.ReturnPaths.IsSeal(seal, deliveryId, other));
            Assert.True(other == deliveryId || !Relay.ReturnPaths.IsSeal(seal, other, messageId));
            Assert.False(Relay.ReturnPaths.IsSeal(seal.AsSpan(0, seal.Length - 1), deliveryId, messageId));
        });

    [Fact]
    public void One_without_a_seal_is_read_and_not_sealed()
    {
        Assert.True(MessageIdentity.TryRead("1001.DM42@shop.example", out var deliveryId, out var messageId, out var seal));
        Assert.Equal(("DM42", "1001", ""), (deliveryId, messageId, seal));
        Assert.False(Relay.ReturnPaths.IsSeal(seal, deliveryId, messageId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("a@b")]
    [InlineData(".a@b")]
    [InlineData("a.@b")]
    [InlineData("a..b@c")]
    [InlineData("a.b c@d")]
    [InlineData("a.=4@d")]
    public void Others_are_none_of_ours(string? field) => Assert.False(MessageIdentity.TryRead(field, out _, out _, out _));
}
