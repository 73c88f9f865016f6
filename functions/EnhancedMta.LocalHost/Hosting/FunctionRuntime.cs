namespace EnhancedMta.LocalHost.Hosting;

/// <summary>What every invocation of a host shares.</summary>
/// <param name="Services">Root of the invocations' scopes.</param>
/// <param name="Timeout">host.json's functionTimeout; null for never.</param>
/// <param name="Stopping">Cancelled when the host begins to stop.</param>
internal sealed record FunctionRuntime(IServiceProvider Services, TimeSpan? Timeout, CancellationToken Stopping)
{
    private static readonly IReadOnlyDictionary<string, object?> NoData = new Dictionary<string, object?>();

    public Invocation Start(FunctionDescriptor function, object trigger, CancellationToken cancellationToken) =>
        Start(function, trigger, NoData, cancellationToken);

    public Invocation Start(FunctionDescriptor function, object trigger, IReadOnlyDictionary<string, object?> bindingData, CancellationToken cancellationToken) =>
        new(function, trigger, bindingData, this, cancellationToken);
}
