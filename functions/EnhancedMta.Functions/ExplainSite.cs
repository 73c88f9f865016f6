using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ExplainSite(ExplainEndpoints explain)
{
    [Function(nameof(ExplainSite))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sites/{domain}/explain")] HttpRequest request,
        string domain,
        CancellationToken cancellationToken) => explain.SiteAsync(request, domain, cancellationToken);
}
