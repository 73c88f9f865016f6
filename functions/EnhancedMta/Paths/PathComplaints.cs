using System.Globalization;
using EnhancedMta.Egresses;
using EnhancedMta.SendingLog;
using EnhancedMta.Sites;
using EnhancedMta.WarmUp;

namespace EnhancedMta.Paths;

/// <summary>Tells a path that a recipient called a message spam which came by it.</summary>
public sealed class PathComplaints(EgressChoice egresses, SiteDirectory sites, PathDirectory paths, WarmUpBudgets budgets)
{
    /// <summary>Counted by this process, and told with what else it observes; a complaint that is lost with it changes no limit by itself.</summary>
    public async Task TellAsync(MessageRow message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        // "7 (mta.example.com)", as the attempt noted it.
        if (message.History.LastOrDefault(entry => entry.What == "delivered")?.Egress is not { } noted
            || !int.TryParse(noted.AsSpan(0, Math.Max(0, noted.IndexOf(' ', StringComparison.Ordinal))), NumberStyles.None, CultureInfo.InvariantCulture, out var publicId)
            || egresses.Find(publicId) is not { } egress
            || (await sites.FindAsync(message.Domain, cancellationToken).ConfigureAwait(false)).Site is not { } site)
            return;
        paths.Find(egress, site).Complained();
        budgets.Complained(egress, budgets.ProviderOf(site));
    }
}
