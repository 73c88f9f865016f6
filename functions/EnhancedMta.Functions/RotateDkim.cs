using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class RotateDkim(DkimEndpoints dkim)
{
    [Function(nameof(RotateDkim))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "domains/{domain}/dkim")] HttpRequest request,
        string domain,
        CancellationToken cancellationToken) => dkim.RotateAsync(request, domain, cancellationToken);
}
