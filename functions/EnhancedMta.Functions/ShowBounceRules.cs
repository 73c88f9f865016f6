using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowBounceRules(BounceRulesEndpoint rules)
{
    [Function(nameof(ShowBounceRules))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "bounce-rules")] HttpRequest request) =>
        Task.FromResult(rules.Show());
}
