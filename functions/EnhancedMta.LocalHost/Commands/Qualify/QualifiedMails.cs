using EnhancedMta.BounceMails;
using EnhancedMta.BounceRules;
using EnhancedMta.Bounces;
using EnhancedMta.Qualification;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>Mails that came back, each in a file of its own.</summary>
internal static class QualifiedMails
{
    /// <summary>Writes a line for each recipient, or one that says why there is none.</summary>
    /// <returns>How many files could not be read.</returns>
    public static async Task<int> WriteAsync(IReadOnlyList<string> paths, JsonLines output, Progress progress, BounceRuleSet rules, OwnMail own, CancellationToken cancellationToken)
    {
        var faults = 0;
        var qualifier = new Qualifier(() => rules);
        await foreach (var (path, mail) in ReadAsync(paths, progress, () => faults++, cancellationToken))
        {
            var (deliveryId, messageId) = own.IdsOf(mail);
            foreach (var recipient in mail.Recipients)
            {
                var json = output.Begin();
                json.WriteString("path"u8, path);
                json.WriteString("kind"u8, Kind(mail));
                json.WriteString("recipient"u8, recipient.Address);
                json.WriteString("action"u8, recipient.Action);
                json.WriteString("status"u8, (recipient.Status ?? recipient.Reply?.Status)?.ToString());
                if (Verdict(recipient, qualifier) is { } verdict)
                    json.WriteVerdict(verdict);
                if (recipient.Reply is { } reply)
                    json.WriteString("normalized"u8, NormalizedReply.Of(reply));
                if (deliveryId is not null)
                    json.WriteString("deliveryId"u8, deliveryId);
                if (messageId is not null)
                    json.WriteString("messageId"u8, messageId);
                await output.EndAsync(cancellationToken);
            }
            if (mail.Recipients.Count > 0)
                continue;
            var empty = output.Begin();
            empty.WriteString("path"u8, path);
            empty.WriteString("kind"u8, Kind(mail));
            empty.WriteString("remark"u8, mail.Remark ?? "It reports on no recipient.");
            await output.EndAsync(cancellationToken);
        }
        return faults;
    }

    /// <summary>Finds those recipients that <paramref name="tried"/> decides otherwise than ours.</summary>
    /// <returns>How many files could not be read.</returns>
    public static async Task<int> CompareAsync(IReadOnlyList<string> paths, IRuleChanges changes, Progress progress, BounceRuleSet tried, CancellationToken cancellationToken)
    {
        var faults = 0;
        var (ours, theirs) = (new Qualifier(() => RuleFile.BuiltIn), new Qualifier(() => tried));
        await foreach (var (path, mail) in ReadAsync(paths, progress, () => faults++, cancellationToken))
        {
            foreach (var recipient in mail.Recipients)
            {
                if (Verdict(recipient, ours) is { } from && Verdict(recipient, theirs) is { } to)
                    await changes.AddAsync(new Decided(null, (path, recipient.Address), () => recipient.Reply is { } reply ? NormalizedReply.Of(reply) : path, from, to), cancellationToken);
            }
        }
        return faults;
    }

    private static async IAsyncEnumerable<(string Path, BounceMail Mail)> ReadAsync(
        IReadOnlyList<string> paths, Progress progress, Action onFault, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            progress.Step();
            BounceMail mail;
            try
            {
                await using var file = File.OpenRead(path);
                mail = await BounceMailReader.ReadAsync(file, null, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                onFault();
                progress.Say($"{path}: {e.Message}");
                continue;
            }
            yield return (path, mail);
        }
    }

    private static Verdict? Verdict(ReportedRecipient recipient, Qualifier qualifier) =>
        ReportedVerdict.Of(recipient.Kind, recipient.Reply, recipient.Status, recipient.RemoteMta, null, qualifier);

    private static string Kind(BounceMail mail) => mail.Kind switch
    {
        BounceMailKind.Dsn => "dsn",
        BounceMailKind.Arf => "arf",
        BounceMailKind.AutoReply => "autoreply",
        _ => "other",
    };
}
