using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowMessage(LogEndpoints log)
{
    [Function(nameof(ShowMessage))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "deliveries/{deliveryId}/messages/{messageId}")] HttpRequest request,
        string deliveryId,
        string messageId,
        CancellationToken cancellationToken) => log.MessageAsync(request, deliveryId, messageId, cancellationToken);
}
