using EnhancedMta.Sites;

namespace EnhancedMta.MxRules;

public static class LimitKey
{
    public static string Of(MxRule rule, Site site, int publicId) => $"{publicId}~{site.Key}";
}
