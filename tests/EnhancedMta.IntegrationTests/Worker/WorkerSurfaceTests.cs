using EnhancedMta.Tests.Worker;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>What the facade is compared with is what the packages have that the app is deployed with.</summary>
public sealed class WorkerSurfaceTests
{
    [Fact]
    public async Task The_recorded_surface_is_that_of_the_real_packages()
    {
        var assemblies = await WorkerAssemblies.LoadAsync();
        var lines = WorkerSurface.Facade
            .Select(facade => assemblies.Worker.Select(a => a.GetType(facade.FullName!)).OfType<Type>().Single())
            .SelectMany(WorkerSurface.Describe)
            .ToList();
        string[] header =
        [
            "# What code sees of the worker's types, written by WorkerSurfaceTests from the assemblies of these packages:",
            .. assemblies.Worker.Where(a => WorkerSurface.Facade.Any(facade => a.GetType(facade.FullName!) is not null)).Select(a => $"# {a.GetName().Name} {a.GetName().Version!.ToString(3)}").Order(StringComparer.Ordinal),
        ];
        var file = Path.Combine(AppContext.BaseDirectory, "Worker", "worker-surface.txt");
        var actual = Path.ChangeExtension(file, ".actual.txt");
        await File.WriteAllLinesAsync(actual, [.. header, .. lines], TestContext.Current.CancellationToken);
        var recorded = File.Exists(file) ? await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken) : [];
        Assert.True(recorded.AsSpan().SequenceEqual([.. header, .. lines]), $"The packages are others than those recorded. Look at what changed, then copy {actual} over tests/EnhancedMta.Tests/Worker/worker-surface.txt.");
    }
}
