using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowDashboard(DashboardEndpoints dashboard)
{
    [Function(nameof(ShowDashboard))]
    [OpenTo(Role.Anyone)]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard")] HttpRequest request) =>
        Task.FromResult(dashboard.Page(request));
}
