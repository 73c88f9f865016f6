using EnhancedMta.Http;
using EnhancedMta.Http.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class TryMxRules(MxRulesEndpoint rules)
{
    [Function(nameof(TryMxRules))]
    [OpenTo(Role.Admin)]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mx-rules/try")] HttpRequest request,
        CancellationToken cancellationToken) => rules.TryAsync(request, cancellationToken);
}
