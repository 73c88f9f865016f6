using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListPaths(PathEndpoints paths)
{
    [Function(nameof(ListPaths))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "paths")] HttpRequest request,
        CancellationToken cancellationToken) => paths.ListAsync(request, cancellationToken);
}
