using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowWarmUp(WarmUpEndpoint warmUp)
{
    [Function(nameof(ShowWarmUp))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "warm-up")] HttpRequest request,
        CancellationToken cancellationToken) => warmUp.ShowAsync(request, cancellationToken);
}
