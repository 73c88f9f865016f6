using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowMessage(LogEndpoints log)
{
    [Function(nameof(ShowMessage))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deliveries/{deliveryId}/messages/{messageId}")] HttpRequest request,
        string deliveryId,
        string messageId,
        CancellationToken cancellationToken) => log.MessageAsync(request, deliveryId, messageId, cancellationToken);
}
