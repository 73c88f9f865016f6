using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowMode(ModeEndpoint mode)
{
    [Function(nameof(ShowMode))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "mode")] HttpRequest request,
        CancellationToken cancellationToken) => mode.ShowAsync(request, cancellationToken);
}
