using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListPaths(PathEndpoints paths)
{
    [Function(nameof(ListPaths))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "paths")] HttpRequest request,
        CancellationToken cancellationToken) => paths.ListAsync(request, cancellationToken);
}
