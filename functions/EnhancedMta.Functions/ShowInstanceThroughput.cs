using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowInstanceThroughput(ThroughputEndpoints throughput)
{
    [Function(nameof(ShowInstanceThroughput))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throughput")] HttpRequest request,
        CancellationToken cancellationToken) => throughput.OfInstanceAsync(request, cancellationToken);
}
