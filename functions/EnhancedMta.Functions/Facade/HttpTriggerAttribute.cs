namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function on an HTTP request. Without methods every method matches; without a route, the function's name.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : Attribute
{
    public AuthorizationLevel AuthLevel { get; } = authLevel;

    public string[]? Methods { get; } = methods;

    /// <summary>Below the route prefix of host.json, with ASP.NET Core's route syntax.</summary>
    public string? Route { get; set; }
}
