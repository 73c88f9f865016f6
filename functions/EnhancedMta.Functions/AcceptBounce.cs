using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class AcceptBounce(BounceEndpoint bounces)
{
    [Function(nameof(AcceptBounce))]
    [OpenTo(Role.Bounces)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", "options", Route = "bounces/{source}")] HttpRequest request,
        string source,
        CancellationToken cancellationToken) => bounces.AcceptAsync(request, source, cancellationToken);
}
