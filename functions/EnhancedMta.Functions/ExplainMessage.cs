using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ExplainMessage(ExplainEndpoints explain)
{
    [Function(nameof(ExplainMessage))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deliveries/{deliveryId}/messages/{messageId}/explain")] HttpRequest request,
        string deliveryId,
        string messageId,
        CancellationToken cancellationToken) => explain.MessageAsync(request, deliveryId, messageId, cancellationToken);
}
