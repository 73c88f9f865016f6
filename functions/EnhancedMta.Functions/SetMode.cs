using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class SetMode(ModeEndpoint mode)
{
    [Function(nameof(SetMode))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mode")] HttpRequest request,
        CancellationToken cancellationToken) => mode.SetAsync(request, cancellationToken);
}
