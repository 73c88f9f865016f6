namespace EnhancedMta.Tests.Worker;

/// <summary>What the default build compiles against cannot be told from the real packages: whatever compiles here compiles there, and means the same.</summary>
public sealed class FacadeTests
{
    private static readonly ILookup<string, string> Real = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Worker", "worker-surface.txt"))
        .Where(line => !line.StartsWith('#'))
        .ToLookup(line => line[..line.IndexOf('\t', StringComparison.Ordinal)], StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string>> Types => WorkerSurface.Facade.Select(t => new TheoryDataRow<string>(t.FullName!));

    [Theory]
    [MemberData(nameof(Types))]
    public void Each_member_is_as_in_the_real_package(string name)
    {
        var type = WorkerSurface.Facade.Single(t => t.FullName == name);
        var ours = WorkerSurface.Describe(type);
        var real = Real[name].ToList();
        Assert.NotEmpty(real);
        Assert.Empty(ours.Except(real, StringComparer.Ordinal));
        // One constructor or value more could make another of them the one that is meant.
        Assert.Equal(real.Where(IsConstructor), ours.Where(IsConstructor));
        if (type.IsEnum)
            Assert.Equal(real, ours);
    }

    private static bool IsConstructor(string line) => line.EndsWith(')');
}
