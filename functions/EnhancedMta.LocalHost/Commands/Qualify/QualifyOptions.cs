namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>The command's arguments.</summary>
/// <param name="Mails">Paths; null for replies from the standard input.</param>
/// <param name="Rules">A user's rule file to try.</param>
/// <param name="Json">What would change as JSON lines.</param>
/// <param name="Check">Prove rules instead of qualifying anything.</param>
internal sealed record QualifyOptions(IReadOnlyList<string>? Mails, string? Rules, bool Json, bool Check)
{
    /// <exception cref="FormatException">An argument is not known, or lacks its value.</exception>
    public static QualifyOptions Parse(IReadOnlyList<string> arguments)
    {
        List<string>? mails = null;
        string? rules = null;
        var (json, check) = (false, false);
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--mail":
                    mails ??= [];
                    var before = mails.Count;
                    while (i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                        mails.Add(arguments[++i]);
                    if (mails.Count == before)
                        throw new FormatException("--mail needs one file at least");
                    break;
                case "--rules" when i + 1 < arguments.Count:
                    rules = arguments[++i];
                    break;
                case "--rules":
                    throw new FormatException("--rules needs a file");
                case "--json":
                    json = true;
                    break;
                case "--check":
                    check = true;
                    break;
                default:
                    throw new FormatException($"cannot use '{arguments[i]}'");
            }
        }
        return check && mails is not null
            ? throw new FormatException("--check takes no mails: it proves rules by their own samples")
            : new QualifyOptions(mails, rules, json, check);
    }
}
