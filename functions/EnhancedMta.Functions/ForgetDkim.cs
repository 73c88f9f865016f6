using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ForgetDkim(DkimEndpoints dkim)
{
    [Function(nameof(ForgetDkim))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "domains/{domain}/dkim")] HttpRequest request,
        string domain,
        CancellationToken cancellationToken) => dkim.ForgetAsync(request, domain, cancellationToken);
}
