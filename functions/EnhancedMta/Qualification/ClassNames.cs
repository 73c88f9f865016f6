namespace EnhancedMta.Qualification;

/// <summary>Our classes as rules, logs and answers write them: <c>unknownUser</c>.</summary>
public static class ClassNames
{
    private static readonly Dictionary<ReplyClass, string> Names = Enum.GetValues<ReplyClass>().ToDictionary(c => c, c => char.ToLowerInvariant(c.ToString()[0]) + c.ToString()[1..]);

    public static string Of(ReplyClass @class) => Names[@class];
}
