using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ShowMxRules(MxRulesEndpoint rules)
{
    [Function(nameof(ShowMxRules))]
    [OpenTo(Role.Read)]
    public Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mx-rules")] HttpRequest request) =>
        Task.FromResult(rules.Show());
}
