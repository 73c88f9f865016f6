namespace EnhancedMta.UserRules;

/// <summary>A kind of rules that come with the program and that users may override.</summary>
/// <param name="Name"><c>bounce-rules</c>, <c>mx-rules</c>: incidents have it, and the blob is named after it.</param>
/// <param name="BuiltIn">Ours alone.</param>
/// <param name="WithUserRules">Ours with a user's: from the name of their file and its UTF-8. Throws <see cref="RuleFaultsException"/>.</param>
public sealed record RuleKind<TRules>(string Name, TRules BuiltIn, Func<string, ReadOnlyMemory<byte>, TRules> WithUserRules)
    where TRules : class
{
    /// <summary>In the container of settings.</summary>
    public string BlobName => Name + ".json";
}
