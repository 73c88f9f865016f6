using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class TryMxRules(MxRulesEndpoint rules)
{
    [Function(nameof(TryMxRules))]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "mx-rules/try")] HttpRequest request,
        CancellationToken cancellationToken) => rules.TryAsync(request, cancellationToken);
}
