using EnhancedMta.Providers;

namespace EnhancedMta.Tests.Providers;

public sealed class ProviderDirectoryTests
{
    [Theory]
    [InlineData("gmail-smtp-in.l.google.com", "google")]
    [InlineData("ALT4.ASPMX.L.GOOGLE.COM.", "google")]
    [InlineData("google.com", "google")]
    [InlineData("hotmail-com.olc.protection.outlook.com", "microsoft-consumer")]
    [InlineData("contoso-com.mail.protection.outlook.com", "microsoft-365")]
    [InlineData("contoso-com.a-v1.mx.microsoft", "microsoft-365")]
    [InlineData("mta5.am0.yahoodns.net", "yahoo")]
    [InlineData("mx-aol.mail.gm0.yahoodns.net", "yahoo")]
    [InlineData("mx01.mail.icloud.com", "apple")]
    [InlineData("smtp-in.orange.fr", "orange")]
    [InlineData("mx1.free.fr", "free")]
    [InlineData("smtp-in.sfr.fr", "sfr")]
    [InlineData("smtpz4.laposte.net", "laposte")]
    [InlineData("mx00.emig.gmx.net", "united-internet")]
    [InlineData("mx-ha02.web.de", "united-internet")]
    [InlineData("mx00.t-online.de", "t-online")]
    [InlineData("smtp-in.libero.it", "libero")]
    [InlineData("mx1.comcast.net", "comcast")]
    [InlineData("cxr.mx.a.cloudfilter.net", "cox")]
    [InlineData("mxs.mail.ru", "mailru")]
    [InlineData("mx.yandex.ru", "yandex")]
    [InlineData("mx3.qq.com", "tencent")]
    [InlineData("163mx01.mxmail.netease.com", "netease")]
    [InlineData("mfsmax.docomo.ne.jp", "docomo")]
    [InlineData("lsean.ezweb.ne.jp", "au")]
    [InlineData("mx.softbank.ne.jp", "softbank")]
    [InlineData("mx0a-001.pphosted.com", "proofpoint")]
    [InlineData("eu-smtp-inbound-1.mimecast.com", "mimecast")]
    [InlineData("d1a.ess.barracudanetworks.com", "barracuda")]
    [InlineData("cluster1.eu.messagelabs.com", "symantec")]
    [InlineData("mx.example.com", null)]
    [InlineData("evil-google.com", null)]
    [InlineData("google.com.example.net", null)]
    [InlineData("", null)]
    [InlineData(".", null)]
    public void Each_host_is_whose_it_is(string host, string? provider) => Assert.Equal(provider, ProviderDirectory.BuiltIn.Find(host)?.Name);

    [Fact]
    public void No_name_is_two_providers_and_no_mask_either()
    {
        Assert.Distinct(ProviderDirectory.BuiltIn.All.Select(p => p.Name));
        Assert.Distinct(ProviderDirectory.BuiltIn.All.SelectMany(p => p.MxMasks), StringComparer.OrdinalIgnoreCase);
    }
}
