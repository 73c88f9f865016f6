using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ExplainMessage(ExplainEndpoints explain)
{
    [Function(nameof(ExplainMessage))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries/{deliveryId}/messages/{messageId}/explain")] HttpRequest request,
        string deliveryId,
        string messageId,
        CancellationToken cancellationToken) => explain.MessageAsync(request, deliveryId, messageId, cancellationToken);
}
