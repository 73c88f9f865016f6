using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowInstanceThroughput(ThroughputEndpoints throughput)
{
    [Function(nameof(ShowInstanceThroughput))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "throughput")] HttpRequest request,
        CancellationToken cancellationToken) => throughput.OfInstanceAsync(request, cancellationToken);
}
