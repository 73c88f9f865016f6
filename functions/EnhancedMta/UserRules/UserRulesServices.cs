using EnhancedMta.Incidents;
using EnhancedMta.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.UserRules;

/// <summary>Puts the rules of a kind together.</summary>
internal static class UserRulesServices
{
    /// <summary><see cref="LiveRules{TRules}"/>, and the rules that hold as a function. Its watch is started with the storage.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="kind">What comes with the program, and how users override it.</param>
    /// <param name="file">Of the user's rules; null for the blob.</param>
    public static void AddUserRules<TRules>(this IServiceCollection services, RuleKind<TRules> kind, string? file) where TRules : class
    {
        services.AddSingleton(s => new LiveRules<TRules>(
            kind,
            file is null ? new UserRulesBlob(s.GetRequiredService<StorageAccount>().Settings.GetBlobClient(kind.BlobName)) : new UserRulesFile(file),
            s.GetRequiredService<IncidentLog>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Func<TRules>>(s => () => s.GetRequiredService<LiveRules<TRules>>().Current);
    }
}
