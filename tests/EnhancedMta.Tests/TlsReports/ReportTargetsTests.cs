using EnhancedMta.TlsReports;

namespace EnhancedMta.Tests.TlsReports;

/// <summary>RFC 8460 §3.</summary>
public sealed class ReportTargetsTests
{
    [Theory]
    [InlineData("v=TLSRPTv1; rua=mailto:tls@example.com", "mailto:tls@example.com")]
    [InlineData("v=TLSRPTv1;rua=https://reports.example.com/tls,mailto:tls@example.com;", "https://reports.example.com/tls mailto:tls@example.com")]
    [InlineData("v=TLSRPTv1; rua=http://reports.example.com/tls, ftp://x.test/, file:///etc/passwd, nonsense", "")]
    [InlineData("v=TLSRPTv1;", "")]
    [InlineData("v=TLSRPTv10; rua=mailto:a@b.test", "")]
    [InlineData("rua=mailto:a@b.test", "")]
    [InlineData("v=TLSRPTv1; rua=mailto:1@b.test,mailto:2@b.test,mailto:3@b.test,mailto:4@b.test,mailto:5@b.test", "mailto:1@b.test mailto:2@b.test mailto:3@b.test mailto:4@b.test")]
    public void Targets_are_read(string record, string targets) => Assert.Equal(targets, string.Join(' ', ReportTargets.Read(["v=spf1 -all", record])));

    [Fact]
    public void Of_two_records_none_counts() => Assert.Empty(ReportTargets.Read(["v=TLSRPTv1; rua=mailto:a@b.test", "v=TLSRPTv1; rua=mailto:a@b.test"]));
}
