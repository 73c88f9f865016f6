namespace EnhancedMta.UserRules;

/// <summary>Where a user's rules are kept: a file or a blob.</summary>
public interface IUserRulesSource
{
    /// <summary><c>file</c> or <c>blob</c>.</summary>
    string Kind { get; }

    /// <summary>For people: the path, or the blob's address without its account.</summary>
    string Name { get; }

    /// <summary>Looks whether the rules have changed, and reads them only then.</summary>
    /// <param name="known">The stamp that the look before gave.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is there and may not be read.</exception>
    Task<UserRulesLook> LookAsync(string? known, CancellationToken cancellationToken);
}

/// <summary>What a look found.</summary>
/// <param name="Stamp">Another one for each content. Null when there are no user's rules.</param>
/// <param name="Json">UTF-8, at most one octet more than <see cref="RuleDocument.MaxLength"/>. Null when nothing changed, or nothing is there.</param>
public sealed record UserRulesLook(string? Stamp, ReadOnlyMemory<byte>? Json)
{
    /// <summary>There are none.</summary>
    public static UserRulesLook None { get; } = new(null, null);
}
