using System.Text.Json;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Settings;

/// <summary>
/// App settings for a local host, in the Core Tools' format: <c>{"IsEncrypted": false, "Values": {...}, "Host":
/// {"LocalHttpPort": 7071, "CORS": "*"}}</c>. Environment variables win over the file; <c>__</c> in a name acts as <c>:</c>.
/// </summary>
/// <param name="Path">The file that was read.</param>
/// <param name="Configuration">The file's Values under the environment's variables.</param>
/// <param name="Port">Host.LocalHttpPort; null when not given.</param>
/// <param name="CorsOrigins">Host.CORS, split at commas.</param>
public sealed record LocalSettings(string Path, IConfigurationRoot Configuration, int? Port, IReadOnlyList<string> CorsOrigins)
{
    private const string FileName = "local.settings.json";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The file in the current folder, else at the repository root, else the example there.</summary>
    /// <exception cref="FormatException">The file cannot be read as settings; the message says why.</exception>
    public static LocalSettings Load()
    {
        var root = RepositoryRoot.Find();
        string[] candidates = [FileName, System.IO.Path.Combine(root, FileName), System.IO.Path.Combine(root, FileName + ".example")];
        return Read(candidates.FirstOrDefault(File.Exists) ?? throw new FormatException($"There is no {FileName}, nor {candidates[^1]} to stand in."));
    }

    /// <inheritdoc cref="Load"/>
    public static LocalSettings Read(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllText(path), Lenient);
            if (file.RootElement.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
                throw new FormatException($"{path} is encrypted. Decrypt it with 'func settings decrypt'.");
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(ValuesOf(file.RootElement)).AddEnvironmentVariables().Build();
            var host = file.RootElement.TryGetProperty("Host", out var section) ? section : default;
            return new(path, configuration, PortOf(host), OriginsOf(host));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{path} is not in the format of local.settings.json: {e.Message}", e);
        }
    }

    /// <summary>The settings LocalHost__FunctionKey and LocalHost__MasterKey; random ones for those that are absent.</summary>
    public FunctionKeys Keys()
    {
        var random = FunctionKeys.Generate();
        return new(Setting("LocalHost:FunctionKey") ?? random.Function, Setting("LocalHost:MasterKey") ?? random.Master);
    }

    private string? Setting(string name) => Configuration[name] is { Length: > 0 } value ? value : null;

    private static List<KeyValuePair<string, string?>> ValuesOf(JsonElement file) => !file.TryGetProperty("Values", out var values)
        ? []
        : [.. values.EnumerateObject().Select(value => KeyValuePair.Create(
            value.Name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
            // Core Tools take numbers and booleans as their text too.
            (string?)value.Value.ToString()))];

    private static int? PortOf(JsonElement host) =>
        host.ValueKind == JsonValueKind.Object && host.TryGetProperty("LocalHttpPort", out var port) ? port.GetInt32() : null;

    private static string[] OriginsOf(JsonElement host) =>
        host.ValueKind == JsonValueKind.Object && host.TryGetProperty("CORS", out var cors)
            ? cors.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];
}
