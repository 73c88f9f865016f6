using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>What a process asked storage for: the method, and what of the address comes after the account.</summary>
internal sealed class Requests : HttpPipelineSynchronousPolicy
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_all)
                return [.. _all];
        }
    }

    public override void OnSendingRequest(HttpMessage message)
    {
        var path = Uri.UnescapeDataString(message.Request.Uri.Path);
        lock (_all)
            _all.Add($"{message.Request.Method} {path[(path.TrimStart('/').IndexOf('/', StringComparison.Ordinal) + 2)..]}");
    }
}
