using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowErasure(ErasureEndpoints erasures)
{
    [Function(nameof(ShowErasure))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "erasures/{erasureId}")] HttpRequest request,
        string erasureId,
        CancellationToken cancellationToken) => erasures.ShowAsync(request, erasureId, cancellationToken);
}
