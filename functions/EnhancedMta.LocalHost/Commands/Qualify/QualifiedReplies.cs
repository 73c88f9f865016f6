using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>Replies from a reader, one JSON line each.</summary>
internal static class QualifiedReplies
{
    /// <summary>Qualifies each and writes a line for it.</summary>
    /// <returns>How many lines could not be read.</returns>
    public static async Task<int> WriteAsync(TextReader input, JsonLines output, Progress progress, BounceRuleSet rules, CancellationToken cancellationToken)
    {
        var faults = 0;
        await foreach (var recorded in ReadAsync(input, progress, () => faults++, cancellationToken))
        {
            var json = output.Begin();
            json.WritePropertyName("id"u8);
            json.WriteRawValue(recorded.Id);
            json.WriteVerdict(rules.Decide(recorded.Reply, recorded.MxHost));
            json.WriteString("normalized"u8, NormalizedReply.Of(recorded.Reply));
            await output.EndAsync(cancellationToken);
        }
        return faults;
    }

    /// <summary>Finds those that <paramref name="tried"/> decides otherwise than ours.</summary>
    /// <returns>How many lines could not be read.</returns>
    public static async Task<int> CompareAsync(TextReader input, IRuleChanges changes, Progress progress, BounceRuleSet tried, CancellationToken cancellationToken)
    {
        var faults = 0;
        await foreach (var recorded in ReadAsync(input, progress, () => faults++, cancellationToken))
        {
            var (from, to) = (RuleFile.BuiltIn.Decide(recorded.Reply, recorded.MxHost), tried.Decide(recorded.Reply, recorded.MxHost));
            await changes.AddAsync(new Decided(recorded.Id, null, () => NormalizedReply.Of(recorded.Reply), from, to), cancellationToken);
        }
        return faults;
    }

    // A line that cannot be read spoils nothing else.
    private static async IAsyncEnumerable<RecordedReply> ReadAsync(
        TextReader input, Progress progress, Action onFault, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; await input.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            progress.Step();
            if (string.IsNullOrWhiteSpace(line))
                continue;
            RecordedReply recorded;
            try
            {
                recorded = RecordedReply.Read(line);
            }
            catch (FormatException e)
            {
                onFault();
                progress.Say($"line {number}: {e.Message}");
                continue;
            }
            yield return recorded;
        }
    }
}
