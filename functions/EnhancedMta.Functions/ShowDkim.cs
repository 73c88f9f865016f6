using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowDkim(DkimEndpoints dkim)
{
    [Function(nameof(ShowDkim))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "domains/{domain}/dkim")] HttpRequest request,
        string domain,
        CancellationToken cancellationToken) => dkim.ShowAsync(request, domain, cancellationToken);
}
