using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class SetMode(ModeEndpoint mode)
{
    [Function(nameof(SetMode))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "mode")] HttpRequest request,
        CancellationToken cancellationToken) => mode.SetAsync(request, cancellationToken);
}
