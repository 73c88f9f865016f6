using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowMxRules(MxRulesEndpoint rules)
{
    [Function(nameof(ShowMxRules))]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "mx-rules")] HttpRequest request) =>
        Task.FromResult(rules.Show());
}
