namespace EnhancedMta.UserRules;

/// <summary>A rule file that cannot be used: each fault with its line.</summary>
public sealed class RuleFaultsException(string file, IReadOnlyList<string> faults)
    : FormatException($"{file} cannot be used:" + string.Concat(faults.Select(f => "\n  " + f)))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
