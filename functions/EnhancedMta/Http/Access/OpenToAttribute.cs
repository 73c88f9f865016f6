namespace EnhancedMta.Http.Access;

/// <summary>
/// Whose keys open an HTTP function. The host's own keys are no roles: they belong to a function or to all of them, are kept where we
/// cannot see how, and know no rate. So the host lets all requests through (level Anonymous), and <see cref="HttpAccess"/> decides.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenToAttribute(Role role) : Attribute
{
    public Role Role { get; } = role;
}
