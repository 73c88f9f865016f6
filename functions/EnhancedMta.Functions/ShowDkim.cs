using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowDkim(DkimEndpoints dkim)
{
    [Function(nameof(ShowDkim))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "domains/{domain}/dkim")] HttpRequest request,
        string domain,
        CancellationToken cancellationToken) => dkim.ShowAsync(request, domain, cancellationToken);
}
