using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowDashboardAsset(DashboardEndpoints dashboard)
{
    [Function(nameof(ShowDashboardAsset))]
    [OpenTo(Role.Anyone)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard/{version}/{asset}")] HttpRequest request,
        string version,
        string asset) => Task.FromResult(dashboard.Asset(request, version, asset));
}
