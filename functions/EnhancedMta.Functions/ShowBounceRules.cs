using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowBounceRules(BounceRulesEndpoint rules)
{
    [Function(nameof(ShowBounceRules))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bounce-rules")] HttpRequest request) =>
        Task.FromResult(rules.Show());
}
