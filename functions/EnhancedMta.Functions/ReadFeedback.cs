using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ReadFeedback(FeedbackEndpoints feedback)
{
    [Function(nameof(ReadFeedback))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "feedback")] HttpRequest request,
        CancellationToken cancellationToken) => feedback.ReadAsync(request, cancellationToken);
}
