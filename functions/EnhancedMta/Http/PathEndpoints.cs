using EnhancedMta.Paths;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Looking at paths, and acting on them.</summary>
public sealed class PathEndpoints(PathOperations paths, TimeProvider clock, ILogger<PathEndpoints> logger)
{
    private const int MaxLength = 16 * 1024;

    /// <summary><c>GET paths</c></summary>
    public Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () => ApiJson.Answer(new { Paths = await paths.ListAsync(cancellationToken).ConfigureAwait(false) }));

    /// <summary><c>GET paths/{path}</c></summary>
    public Task<IResult> ShowAsync(HttpRequest request, string path, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (!Paging.TryRead(request, 50, out var paging, out var problem))
                return problem;
            return await paths.FindAsync(path, paging.Limit, cancellationToken).ConfigureAwait(false) is var (found, moves)
                ? ApiJson.Answer(new { Path = found, Moves = moves })
                : Unknown(path);
        });

    /// <summary><c>POST paths/{path}</c></summary>
    public Task<IResult> ActAsync(HttpRequest request, string path, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await SmallBody.ReadAsync(request, MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Request too large", $"It has at most {MaxLength} octets.");
            var faults = PathActionRequest.Read(body, clock.GetUtcNow(), out var asked);
            if (asked is null)
                return Problems.Fields(faults);
            return await paths.ActAsync(path, asked.Act, asked.IsDryRun, cancellationToken).ConfigureAwait(false) is var (before, after, moves)
                ? ApiJson.Answer(new { DryRun = asked.IsDryRun, Before = before, After = after, Moves = moves })
                : Unknown(path);
        });

    internal static IResult Unknown(string path) =>
        Problems.Problem(StatusCodes.Status404NotFound, "Unknown path", $"No path '{path}' was ever used. GET /api/paths lists those that were.");
}
