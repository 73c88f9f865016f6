using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowPath(PathEndpoints paths)
{
    [Function(nameof(ShowPath))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "paths/{path}")] HttpRequest request,
        string path,
        CancellationToken cancellationToken) => paths.ShowAsync(request, path, cancellationToken);
}
