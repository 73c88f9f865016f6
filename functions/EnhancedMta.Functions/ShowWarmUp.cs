using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowWarmUp(WarmUpEndpoint warmUp)
{
    [Function(nameof(ShowWarmUp))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "warm-up")] HttpRequest request,
        CancellationToken cancellationToken) => warmUp.ShowAsync(request, cancellationToken);
}
