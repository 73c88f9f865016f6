using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class Requalify(RequalifyEndpoint requalify)
{
    [Function(nameof(Requalify))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "requalify")] HttpRequest request,
        CancellationToken cancellationToken) => requalify.RunAsync(request, cancellationToken);
}
