using EnhancedMta.Egresses;
using EnhancedMta.Providers;
using EnhancedMta.WarmUp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>How far cold egresses are with each provider, and why.</summary>
public sealed class WarmUpEndpoint(
    WarmUpOperations warmUps, IReadOnlyList<Egress> egresses, EgressHealth health, ProviderDirectory providers, WarmUpSchedule schedule, TimeProvider clock,
    ILogger<WarmUpEndpoint> logger)
{
    private const int MaxLength = 16 * 1024;

    /// <summary><c>GET warm-up</c></summary>
    public Task<IResult> ShowAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            var rows = await warmUps.ListAsync(cancellationToken).ConfigureAwait(false);
            return ApiJson.Answer(new
            {
                Date = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
                schedule.Source,
                schedule.LastDay,
                schedule.Reserve,
                schedule.Enough,
                schedule.Limits,
                Egresses = egresses.Select(egress => new
                {
                    egress.PublicId,
                    egress.HeloHost,
                    Address = egress.Address?.ToString(),
                    Kind = egress.Kind.GetType().Name.ToLowerInvariant(),
                    egress.Weight,
                    egress.HasWarmUp,
                    // As the process that answers finds it.
                    Illness = health.Find(egress),
                    Providers = egress.HasWarmUp ? rows[egress.PublicId].Select(row => View(row.Provider, row.State)).ToList() : null,
                }),
            });
        });

    /// <summary><c>POST warm-up</c></summary>
    public Task<IResult> SetAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await SmallBody.ReadAsync(request, MaxLength, cancellationToken).ConfigureAwait(false) is not { } body)
                return Problems.Problem(StatusCodes.Status413PayloadTooLarge, "Request too large", $"It has at most {MaxLength} octets.");
            var faults = WarmUpRequest.Read(body, egresses, [.. providers.All.Select(p => p.Name), WarmUpBudgets.OtherSites], schedule.LastDay, out var asked);
            if (asked is null)
                return Problems.Fields(faults);
            var changes = await warmUps.SetAsync(asked.Egress, asked.Provider, asked.Day, asked.IsDryRun, cancellationToken).ConfigureAwait(false);
            return ApiJson.Answer(new
            {
                DryRun = asked.IsDryRun,
                Egress = asked.Egress.PublicId,
                Changes = changes.Select(change => new { change.Provider, Before = View(change.Provider, change.Before), After = View(change.Provider, change.After) }),
            });
        });

    private object View(string provider, WarmUpState state)
    {
        var now = clock.GetUtcNow();
        var counts = state.Counts;
        return new
        {
            Provider = provider,
            state.IsWarm,
            Day = state.IsWarm ? (int?)null : state.Day,
            Budget = state.IsWarm ? (int?)null : schedule.BudgetOf(state.Day),
            Taken = state.IsWarm ? (int?)null : state.Taken,
            Room = state.IsWarm ? null : new { Marketing = state.Room(isUrgent: false, now, schedule), Transactional = state.Room(isUrgent: true, now, schedule) },
            WaitForTomorrow = state.BookedNext.Count,
            Counts = counts,
            Shares = new
            {
                Deferred = Share(counts.Deferred, counts.Answers),
                Blocked = Share(counts.Blocked, counts.Answers),
                Complaints = Share(counts.Complaints, counts.Delivered),
            },
            // What the day leads to if it ends like this.
            Outlook = state.IsWarm ? null : WarmUpState.Judge(state.Day, counts, schedule).Why,
            state.Moves,
        };
    }

    private static double? Share(int count, int all) => all == 0 ? null : Math.Round((double)count / all, 5);
}
