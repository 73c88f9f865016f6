using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class AcceptBounce(BounceEndpoint bounces)
{
    [Function(nameof(AcceptBounce))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", "options", Route = "bounces/{source}")] HttpRequest request,
        string source,
        CancellationToken cancellationToken) => bounces.AcceptAsync(request, source, cancellationToken);
}
