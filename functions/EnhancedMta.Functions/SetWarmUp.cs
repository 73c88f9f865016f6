using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class SetWarmUp(WarmUpEndpoint warmUp)
{
    [Function(nameof(SetWarmUp))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "warm-up")] HttpRequest request,
        CancellationToken cancellationToken) => warmUp.SetAsync(request, cancellationToken);
}
