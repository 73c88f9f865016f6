using EnhancedMta.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnhancedMta.Tests.Http;

public sealed class ProblemsTests
{
    /// <summary>A host that stops cancels what runs: the caller hears "again", and not of a fault of ours.</summary>
    [Fact]
    public async Task What_the_host_cancels_is_to_be_asked_again()
    {
        var request = new DefaultHttpContext().Request;
        var result = await Problems.GuardAsync(NullLogger.Instance, request, () => throw new OperationCanceledException());
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, ((IStatusCodeHttpResult)result).StatusCode);
        Assert.Equal("5", request.HttpContext.Response.Headers.RetryAfter);
    }
}
