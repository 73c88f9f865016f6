using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class SetWarmUp(WarmUpEndpoint warmUp)
{
    [Function(nameof(SetWarmUp))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "warm-up")] HttpRequest request,
        CancellationToken cancellationToken) => warmUp.SetAsync(request, cancellationToken);
}
