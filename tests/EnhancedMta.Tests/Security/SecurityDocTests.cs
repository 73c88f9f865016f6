using System.Text.RegularExpressions;

namespace EnhancedMta.Tests.Security;

/// <summary>What docs/security.md promises is tested.</summary>
public sealed partial class SecurityDocTests
{
    private static readonly string Doc = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    [Fact]
    public void Each_test_that_it_names_exists()
    {
        var tests = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Methods().Matches(File.ReadAllText(file)).Select(m => $"{Path.GetFileNameWithoutExtension(file).Split('.')[0]}.{m.Groups[1].Value}"))
            .ToHashSet(StringComparer.Ordinal);
        var named = Named().Matches(Doc).Select(m => m.Groups[1].Value).ToList();
        Assert.True(named.Count > 60, "The page names few tests; has its form changed?");
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [Fact]
    public void Each_threat_has_a_defence_and_a_test()
    {
        var threats = Doc[Doc.IndexOf("## Threats", StringComparison.Ordinal)..].Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| threat |", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(threats);
        Assert.All(threats, threat =>
        {
            var cells = threat.Trim('|', ' ').Split(" | ");
            Assert.Equal(3, cells.Length);
            Assert.True(Named().IsMatch(cells[2]) || cells[2].Contains(".ci/run", StringComparison.Ordinal), threat);
        });
    }

    [GeneratedRegex(@"(?:public|internal) (?:async )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex Methods();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
