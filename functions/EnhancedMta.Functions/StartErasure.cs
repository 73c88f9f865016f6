using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class StartErasure(ErasureEndpoints erasures)
{
    [Function(nameof(StartErasure))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "erasures")] HttpRequest request,
        CancellationToken cancellationToken) => erasures.BeginAsync(request, cancellationToken);
}
