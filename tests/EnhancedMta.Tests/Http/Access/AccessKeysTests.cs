using EnhancedMta.Http.Access;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Tests.Http.Access;

public sealed class AccessKeysTests
{
    [Theory]
    [InlineData("Read:0", "short", "24 to 256")]
    [InlineData("Read:0", "with a space in the middle of it", "without spaces")]
    [InlineData("Read:0", "schlüsselschlüsselschlüssel", "ASCII")]
    [InlineData("Read:0", "sha256:1234", "64 hexadecimal")]
    [InlineData("Read:0", "sha256:zz23456789012345678901234567890123456789012345678901234567890123", "64 hexadecimal")]
    [InlineData("Read", "a-key-of-enough-characters-0", "Read__0")]
    [InlineData("Reader:0", "a-key-of-enough-characters-0", "no role")]
    [InlineData("Anyone:0", "a-key-of-enough-characters-0", "no role")]
    [InlineData("3:0", "a-key-of-enough-characters-0", "no role")]
    [InlineData("Bounces:0", "a-key-of-enough-characters-0", "no source")]
    [InlineData("Bounces:mailchimp:0", "a-key-of-enough-characters-0", "no source")]
    public void A_fault_is_told_without_the_key(string setting, string value, string words)
    {
        var (keys, faults) = Read((setting, value));
        Assert.True(keys.IsEmpty);
        var fault = Assert.Single(faults);
        Assert.StartsWith("EnhancedMta__Keys__", fault, StringComparison.Ordinal);
        Assert.Contains(words, fault, StringComparison.Ordinal);
        Assert.DoesNotContain(value, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once() => Assert.Equal(3, Read(("Read:0", "a"), ("Writer:0", "b"), ("Bounces:ses:0", "c")).Faults.Count);

    [Fact]
    public void An_empty_setting_is_none()
    {
        var (keys, faults) = Read(("Read:0", ""), ("Read:1", "a-key-of-enough-characters-0"));
        Assert.Empty(faults);
        Assert.Single(keys.Find("a-key-of-enough-characters-0"));
        Assert.Empty(keys.Find(""));
    }

    [Fact]
    public void Neither_keys_nor_hashes_are_printed()
    {
        var (keys, _) = Read(("Read:0", "a-key-of-enough-characters-0"));
        Assert.Equal("Read", Assert.Single(keys.Find("a-key-of-enough-characters-0")).ToString());
    }

    [Theory]
    [InlineData("5", 5, 0)]
    [InlineData("", 50, 0)]
    [InlineData("0", 50, 1)]
    [InlineData("many", 50, 1)]
    public void Rates_are_whole_numbers(string text, int rate, int faulty)
    {
        var faults = new List<string>();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("R:Read", (string?)text)]).Build();
        Assert.Equal(rate, RequestRates.Read(settings.GetSection("R"), faults)[Role.Read]);
        Assert.Equal(faulty, faults.Count(f => f.StartsWith("EnhancedMta__RequestsPerSecond__Read", StringComparison.Ordinal)));
    }

    private static (AccessKeys Keys, List<string> Faults) Read(params IEnumerable<(string Setting, string Value)> settings)
    {
        var faults = new List<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"EnhancedMta:Keys:{s.Setting}", (string?)s.Value))).Build();
        return (AccessKeys.Read(configuration.GetSection("EnhancedMta:Keys"), faults), faults);
    }
}
