using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ReadFeedback(FeedbackEndpoints feedback)
{
    [Function(nameof(ReadFeedback))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "feedback")] HttpRequest request,
        CancellationToken cancellationToken) => feedback.ReadAsync(request, cancellationToken);
}
