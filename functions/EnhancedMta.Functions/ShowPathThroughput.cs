using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowPathThroughput(ThroughputEndpoints throughput)
{
    [Function(nameof(ShowPathThroughput))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "paths/{path}/throughput")] HttpRequest request,
        string path,
        CancellationToken cancellationToken) => throughput.OfPathAsync(request, path, cancellationToken);
}
