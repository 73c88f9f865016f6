using EnhancedMta.Addresses;

namespace EnhancedMta.Tests.Addresses;

public sealed class AddressMaskTests
{
    [Theory]
    [InlineData("550 5.1.1 <john.doe@example.com>: User unknown", "550 5.1.1 <(address)>: User unknown")]
    [InlineData("john+tag@example.com, \"a@b\" and (c@d.example) have no room", "(address), \"(address)\" and ((address)) have no room")]
    [InlineData("rcpt=john@example.com; try later", "(address); try later")]
    [InlineData("a@@b.example", "(address)")]
    [InlineData("josé@exämple.com is unknown", "(address) is unknown")]
    [InlineData("@", "(address)")]
    [InlineData("nobody here", "nobody here")]
    [InlineData("", "")]
    public void Whatever_stands_around_an_at_sign_is_masked(string text, string masked) => Assert.Equal(masked, AddressMask.Of(text));
}
