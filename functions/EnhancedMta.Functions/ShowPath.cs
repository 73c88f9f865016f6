using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowPath(PathEndpoints paths)
{
    [Function(nameof(ShowPath))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "paths/{path}")] HttpRequest request,
        string path,
        CancellationToken cancellationToken) => paths.ShowAsync(request, path, cancellationToken);
}
