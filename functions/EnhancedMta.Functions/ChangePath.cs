using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ChangePath(PathEndpoints paths)
{
    [Function(nameof(ChangePath))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "paths/{path}")] HttpRequest request,
        string path,
        CancellationToken cancellationToken) => paths.ActAsync(request, path, cancellationToken);
}
