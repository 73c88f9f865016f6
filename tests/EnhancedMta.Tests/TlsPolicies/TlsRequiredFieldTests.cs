using System.Text;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Tests.TlsPolicies;

/// <summary>RFC 8689 §5.</summary>
public sealed class TlsRequiredFieldTests
{
    [Theory]
    [InlineData("From: a@b.test\r\nTLS-Required: No\r\n\r\nx", true)]
    [InlineData("tls-required:no\r\n\r\nx", true)]
    [InlineData("TLS-Required : NO \r\nFrom: a@b.test\r\n\r\nx", true)]
    [InlineData("TLS-Required: Yes\r\n\r\nx", false)]
    [InlineData("From: a@b.test\r\n\r\nTLS-Required: No\r\n", false)]
    [InlineData("X-TLS-Required: No\r\n\r\n", false)]
    [InlineData("", false)]
    public void It_counts_in_the_header_only(string content, bool saysNo) => Assert.Equal(saysNo, TlsRequiredField.SaysNo(Encoding.ASCII.GetBytes(content)));
}
