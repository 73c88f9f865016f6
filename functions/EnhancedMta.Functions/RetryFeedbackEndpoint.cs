using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class RetryFeedbackEndpoint(FeedbackEndpoints feedback)
{
    [Function(nameof(RetryFeedbackEndpoint))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "feedback/endpoints/{endpoint}/retry")] HttpRequest request,
        string endpoint,
        CancellationToken cancellationToken) => feedback.RetryAsync(request, endpoint, cancellationToken);
}
