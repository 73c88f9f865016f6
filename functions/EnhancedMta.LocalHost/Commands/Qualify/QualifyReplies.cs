using System.Text.Json;
using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>Qualifies replies from a reader, one JSON line each, to a writer, one JSON line each.</summary>
internal static class QualifyReplies
{
    /// <returns>How many lines could not be read; each is told on <paramref name="errors"/> and spoils nothing else.</returns>
    public static async Task<int> RunAsync(TextReader input, TextWriter output, TextWriter errors, BounceRuleSet rules, CancellationToken cancellationToken)
    {
        var (number, faults) = (0, 0);
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                var recorded = RecordedReply.Read(line);
                var verdict = rules.Decide(recorded.Reply, recorded.MxHost);
                await output.WriteLineAsync(JsonSerializer.Serialize(new
                {
                    id = recorded.Id,
                    type = verdict.Type.ToString(),
                    reason = (int)verdict.Reason,
                    reasonLabel = verdict.Reason.Label(),
                    code = (int)verdict.Code,
                    codeName = verdict.Code.ToString(),
                    @class = ClassNames.Of(verdict.Class),
                    rule = verdict.Rule,
                    normalized = NormalizedReply.Of(recorded.Reply),
                }, QualifyCommand.Json));
            }
            catch (FormatException e)
            {
                faults++;
                await errors.WriteLineAsync($"line {number}: {e.Message}");
            }
        }
        return faults;
    }
}
