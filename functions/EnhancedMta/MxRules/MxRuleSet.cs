using EnhancedMta.Sites;
namespace EnhancedMta.MxRules;
public sealed class MxRuleSet
{
    private static readonly MxRule Generic = new() { Id = "generic", MaxConnections = 20, MaxMessagesPerConnection = 100 };
    public static MxRuleSet BuiltIn { get; } = new();
    public IReadOnlyList<MxRule> Rules { get; } = [Generic];
    public MxRule Find(Site site, int publicId) { _ = Rules; return Generic; }
}
