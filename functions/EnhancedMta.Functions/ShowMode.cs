using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowMode(ModeEndpoint mode)
{
    [Function(nameof(ShowMode))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mode")] HttpRequest request,
        CancellationToken cancellationToken) => mode.ShowAsync(request, cancellationToken);
}
