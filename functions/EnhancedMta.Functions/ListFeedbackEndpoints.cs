using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ListFeedbackEndpoints(FeedbackEndpoints feedback)
{
    [Function(nameof(ListFeedbackEndpoints))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "feedback/endpoints")] HttpRequest request,
        CancellationToken cancellationToken) => feedback.EndpointsAsync(request, cancellationToken);
}
