using System.Text.Json;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>A resource as it would be deployed.</summary>
internal sealed record Resource(string Id, string Type, string Name, JsonElement Body)
{
    /// <summary>What stands at a path such as <c>properties.siteConfig</c>; Undefined where nothing does.</summary>
    public JsonElement At(string path)
    {
        var element = Body;
        foreach (var name in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return default;
        }
        return element;
    }

    public string? TextAt(string path) => At(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public override string ToString() => $"{Type} {Name}";
}

/// <summary>All resources of a deployment.</summary>
internal sealed class Deployment
{
    private const string Group = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/mta";

    /// <summary>Expressions that only Azure knows the value of are evaluated with stand-ins.</summary>
    public Deployment(JsonElement snapshot)
    {
        Text = snapshot.GetRawText();
        Assert.Empty(snapshot.GetProperty("diagnostics").EnumerateArray());
        Resources = [.. snapshot.GetProperty("predictedResources").EnumerateArray().Select(body =>
        {
            var (id, type, name) = (body.GetProperty("id").GetString()!, body.GetProperty("type").GetString()!, ArmExpression.Evaluate(body.GetProperty("name").GetString()!));
            return new Resource(id.StartsWith("[resourceId(", StringComparison.Ordinal) ? IdOf(type, name) : ArmExpression.Evaluate(id), type, name, body);
        })];
    }

    public string Text { get; }

    public IReadOnlyList<Resource> Resources { get; }

    public IEnumerable<Resource> Of(string type) => Resources.Where(resource => resource.Type == type);

    public Resource The(string type) => Assert.Single(Of(type));

    // Microsoft.A/b/c and x/y: Microsoft.A/b/x/c/y.
    private static string IdOf(string type, string name) => $"{Group}/providers/{type.Split('/')[0]}/{string.Join('/', type.Split('/')[1..].Zip(name.Split('/'), (kind, its) => $"{kind}/{its}"))}";

    /// <summary>The function app's settings by name, references to the vault as they are.</summary>
    public IReadOnlyDictionary<string, string> AppSettings() => The("Microsoft.Web/sites").At("properties.siteConfig.appSettings").EnumerateArray()
        .ToDictionary(setting => setting.GetProperty("name").GetString()!, setting => ArmExpression.Evaluate(setting.GetProperty("value").GetString()!));
}
