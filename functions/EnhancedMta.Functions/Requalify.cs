using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class Requalify(RequalifyEndpoint requalify)
{
    [Function(nameof(Requalify))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "requalify")] HttpRequest request,
        CancellationToken cancellationToken) => requalify.RunAsync(request, cancellationToken);
}
