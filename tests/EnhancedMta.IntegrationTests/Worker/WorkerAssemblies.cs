using System.Reflection;
using System.Runtime.Loader;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>The real packages' assemblies beside the facade: their types have its names, so they are loaded apart.</summary>
internal sealed class WorkerAssemblies(string folder) : AssemblyLoadContext(isCollectible: true)
{
    public IReadOnlyList<Assembly> Worker { get; private set; } = [];

    public static async Task<WorkerAssemblies> LoadAsync()
    {
        var loaded = new WorkerAssemblies(await WorkerBuild.FolderAsync());
        loaded.Worker = [.. Directory.GetFiles(loaded._folder, "Microsoft.Azure.Functions.Worker*.dll").Select(loaded.LoadFromAssemblyPath)];
        return loaded;
    }

    private readonly string _folder = folder;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(_folder, $"{assemblyName.Name}.dll");
        // The storage clients and the framework are the tests' own.
        return assemblyName.Name!.StartsWith("Microsoft.Azure.Functions", StringComparison.Ordinal) || assemblyName.Name.StartsWith("Grpc", StringComparison.Ordinal) || assemblyName.Name == "Google.Protobuf"
            ? LoadFromAssemblyPath(path)
            : null;
    }
}
