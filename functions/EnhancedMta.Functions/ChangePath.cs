using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ChangePath(PathEndpoints paths)
{
    [Function(nameof(ChangePath))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "paths/{path}")] HttpRequest request,
        string path,
        CancellationToken cancellationToken) => paths.ActAsync(request, path, cancellationToken);
}
