using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListFeedbackEndpoints(FeedbackEndpoints feedback)
{
    [Function(nameof(ListFeedbackEndpoints))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "feedback/endpoints")] HttpRequest request,
        CancellationToken cancellationToken) => feedback.EndpointsAsync(request, cancellationToken);
}
