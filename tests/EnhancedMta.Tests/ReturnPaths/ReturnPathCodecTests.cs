using CsCheck;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Tests.ReturnPaths;

public sealed class ReturnPathCodecTests
{
    private const string Domain = "bounce.shop.example";

    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];
    private static readonly ReturnPathCodec Codec = new([Key], Domain);

    private static readonly Gen<string> DeliveryIds = Gen.String[Gen.Char.AlphaNumeric, 1, 64];

    private static readonly Gen<string> MessageIds = Gen.OneOf(
        Gen.ULong.Select(number => number.ToString()),
        Gen.Guid.Select(id => id.ToString()),
        Gen.Guid.Select(id => id.ToString("D").ToUpperInvariant()),
        Gen.String[Gen.OneOf([.. "0123456789"]), 1, 30],
        Gen.String[Gen.OneOf([.. "abcXYZ019-._:@+="]), 1, 128]);

    private static readonly Gen<int> Shards = Gen.OneOf(Gen.Int[0, 63], Gen.Int[0, int.MaxValue]);

    [Fact]
    public void Every_return_path_reads_back_and_fits_whatever_the_ids() =>
        Gen.Select(DeliveryIds, Shards, MessageIds).Sample((delivery, shard, message) =>
        {
            var address = Codec.Encode(delivery, shard, message);
            Assert.InRange(address.IndexOf('@'), 1, 64);
            Assert.Matches("^b-[a-z2-7]+@bounce\\.shop\\.example$", address);
            Assert.True(Codec.TryDecode(address, out var path));
            Assert.Equal((ReturnPathCodec.DeliveryKey(delivery), shard, ReturnPathCodec.MessageKey(message)), (path.DeliveryKey, path.Shard, path.MessageKey));
            Assert.True(path.MessageId is null || path.MessageId == message);
            if (message.Length <= 18)
                Assert.Equal(message, path.MessageId);
        });

    [Fact]
    public void The_longest_local_part_has_63_octets() =>
        Assert.Equal(63, Codec.Encode(new string('d', 64), int.MaxValue, new string('m', 18)).IndexOf('@'));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("18446744073709551616", null)]
    [InlineData("007", "007")]
    [InlineData("+7", "+7")]
    [InlineData("-7", "-7")]
    [InlineData("0e8f4c3a-9d61-4f0e-8a55-2b7a6c1d9e10", "0e8f4c3a-9d61-4f0e-8a55-2b7a6c1d9e10")]
    [InlineData("0E8F4C3A-9D61-4F0E-8A55-2B7A6C1D9E10", null)]
    [InlineData("abcdefghijklmnopqr", "abcdefghijklmnopqr")]
    [InlineData("abcdefghijklmnopqrs", null)]
    [InlineData("CaseMatters", "CaseMatters")]
    public void An_id_that_fits_comes_back_to_the_letter(string id, string? expected)
    {
        Assert.True(Codec.TryDecode(Codec.Encode("DM1", 3, id).ToUpperInvariant(), out var path));
        Assert.Equal(expected, path.MessageId);
    }

    [Fact]
    public void Keys_of_different_ids_differ() =>
        Assert.Distinct(new[] { "1", "01", "1.0", "a", "A", new string('a', 40), new string('a', 41), "0e8f4c3a-9d61-4f0e-8a55-2b7a6c1d9e10", "0E8F4C3A-9D61-4F0E-8A55-2B7A6C1D9E10" }
            .Select(ReturnPathCodec.MessageKey));

    [Fact]
    public void One_altered_character_is_refused() =>
        Gen.Select(DeliveryIds, Shards, MessageIds, Gen.Int[0, 1000], Gen.OneOf([.. "abcdefghijklmnopqrstuvwxyz234567-=@A"])).Sample((delivery, shard, message, at, with) =>
        {
            var address = Codec.Encode(delivery, shard, message);
            var position = 2 + at % (address.IndexOf('@') - 2);
            var altered = string.Concat(address.AsSpan(0, position), [with], address.AsSpan(position + 1));
            Assert.Equal(string.Equals(altered, address, StringComparison.OrdinalIgnoreCase), Codec.TryDecode(altered, out _));
        });

    [Fact]
    public void A_cut_or_lengthened_token_is_refused()
    {
        var address = Codec.Encode("DM1", 300, "message-7");
        var at = address.IndexOf('@');
        for (var length = 0; length < at; length++)
            Assert.False(Codec.TryDecode(address[..length] + address[at..], out _));
        foreach (var more in new[] { "a", "aa", "aaaaaaaa", new string('a', 200) })
            Assert.False(Codec.TryDecode(address[..at] + more + address[at..], out _));
    }

    [Fact]
    public void Random_tokens_are_refused() =>
        Gen.Byte.Array[0, 60].Sample(octets => Assert.False(Codec.TryDecode($"b-{Base32.Encode(octets)}@{Domain}", out _)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("b-@bounce.shop.example")]
    [InlineData("postmaster@bounce.shop.example")]
    public void What_is_no_return_path_is_refused(string? address) => Assert.False(Codec.TryDecode(address, out _));

    [Fact]
    public void Another_domain_is_refused_and_brackets_and_case_are_not()
    {
        var address = Codec.Encode("DM1", 0, "1");
        Assert.False(Codec.TryDecode(address.Replace("shop", "shoq"), out _));
        Assert.False(Codec.TryDecode("x" + address, out _));
        Assert.True(Codec.TryDecode($" <{address.ToUpperInvariant()}> ", out _));
    }

    [Fact]
    public void The_first_key_signs_and_all_verify()
    {
        var rotated = new ReturnPathCodec([OtherKey, Key], Domain);
        Assert.True(rotated.TryDecode(Codec.Encode("DM1", 0, "1"), out _));
        Assert.True(new ReturnPathCodec([OtherKey], Domain).TryDecode(rotated.Encode("DM1", 0, "1"), out _));
        Assert.False(Codec.TryDecode(rotated.Encode("DM1", 0, "1"), out _));
    }

    [Fact]
    public void A_key_must_be_given_and_long_enough()
    {
        Assert.Throws<ArgumentException>(() => new ReturnPathCodec([], Domain));
        Assert.Throws<ArgumentException>(() => new ReturnPathCodec([Key, new byte[15]], Domain));
    }

    [Fact]
    public void A_token_written_today_is_read_for_ever()
    {
        // Tokens lie in other people's queues for days: a change of the format must keep this one readable.
        Assert.True(Codec.TryDecode("b-cesov5kgtfnalfm2545l34i5xhul4tam@bounce.shop.example", out var path));
        Assert.Equal(new ReturnPath("24eaf546995a", 5, "1959aef3a", "123456789"), path);
    }
}
