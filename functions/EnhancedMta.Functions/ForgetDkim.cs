using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ForgetDkim(DkimEndpoints dkim)
{
    [Function(nameof(ForgetDkim))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "domains/{domain}/dkim")] HttpRequest request,
        string domain,
        CancellationToken cancellationToken) => dkim.ForgetAsync(request, domain, cancellationToken);
}
