using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.Settings;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Commands;

/// <summary>The storage that settings ask for: an account, an emulator that answers, or an Azurite started for this process.</summary>
internal sealed class LocalStorage : IAsyncDisposable
{
    private const string Setting = "AzureWebJobsStorage";

    private readonly AzuriteEmulator? _emulator;

    private LocalStorage(IConfiguration configuration, string description, AzuriteEmulator? emulator)
    {
        Configuration = configuration;
        Description = description;
        _emulator = emulator;
    }

    /// <summary>The settings, with the connection string of what was started.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>For people, without keys.</summary>
    public string Description { get; }

    /// <param name="settings">Where AzureWebJobsStorage comes from; development storage when it is absent.</param>
    /// <param name="folder">Name of the folder under .azurite that keeps the data of an Azurite started here.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<LocalStorage> OpenAsync(LocalSettings settings, string folder, CancellationToken cancellationToken)
    {
        var connection = settings.Configuration[Setting] is { Length: > 0 } given ? given : "UseDevelopmentStorage=true";
        if (!AzuriteEmulator.IsDevelopmentStorage(connection)) return new(settings.Configuration, $"the account of {Setting}", null);
        if (await AzuriteEmulator.AnswersAsync(connection, cancellationToken))
            return new(With(settings, connection), "the storage emulator that already runs on the standard ports", null);
        var path = Path.Combine(RepositoryRoot.Find(), ".azurite", folder);
        var emulator = await AzuriteEmulator.StartAsync(new() { Folder = path }, cancellationToken);
        return new(With(settings, emulator.ConnectionString), $"Azurite, started here, data in {Path.GetRelativePath(Directory.GetCurrentDirectory(), path)}", emulator);
    }

    public ValueTask DisposeAsync() => _emulator?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static IConfigurationRoot With(LocalSettings settings, string connection) => new ConfigurationBuilder()
        .AddConfiguration(settings.Configuration)
        .AddInMemoryCollection([KeyValuePair.Create(Setting, (string?)connection)])
        .Build();
}
