using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class StartErasure(ErasureEndpoints erasures)
{
    [Function(nameof(StartErasure))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "erasures")] HttpRequest request,
        CancellationToken cancellationToken) => erasures.BeginAsync(request, cancellationToken);
}
