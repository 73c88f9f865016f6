using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ExplainSite(ExplainEndpoints explain)
{
    [Function(nameof(ExplainSite))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "sites/{domain}/explain")] HttpRequest request,
        string domain,
        CancellationToken cancellationToken) => explain.SiteAsync(request, domain, cancellationToken);
}
