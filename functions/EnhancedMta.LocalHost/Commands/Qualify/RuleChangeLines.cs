namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>For programs: a line <c>{id, from, to}</c> for each change, and <c>{summary: …}</c> at the end.</summary>
internal sealed class RuleChangeLines(JsonLines output) : IRuleChanges
{
    private int _looked;
    private int _changed;
    private int _otherRule;

    public async ValueTask AddAsync(Decided decided, CancellationToken cancellationToken)
    {
        _looked++;
        if (!decided.IsMoved)
        {
            _otherRule += decided.HasOtherRule ? 1 : 0;
            return;
        }
        _changed++;
        var json = output.Begin();
        if (decided.Mail is var (path, recipient))
        {
            json.WriteString("path"u8, path);
            json.WriteString("recipient"u8, recipient);
        }
        else
        {
            json.WritePropertyName("id"u8);
            json.WriteRawValue(decided.Id!);
        }
        json.WriteStartObject("from"u8);
        json.WriteVerdict(decided.From);
        json.WriteEndObject();
        json.WriteStartObject("to"u8);
        json.WriteVerdict(decided.To);
        json.WriteEndObject();
        json.WriteString("normalized"u8, decided.Words());
        await output.EndAsync(cancellationToken);
    }

    public async Task EndAsync(string ruleSet, int faults, CancellationToken cancellationToken)
    {
        var json = output.Begin();
        json.WriteStartObject("summary"u8);
        json.WriteString("ruleSet"u8, ruleSet);
        json.WriteNumber("looked"u8, _looked);
        json.WriteNumber("changed"u8, _changed);
        json.WriteNumber("otherRuleSameMeaning"u8, _otherRule);
        json.WriteNumber("unreadable"u8, faults);
        json.WriteEndObject();
        await output.EndAsync(cancellationToken);
    }
}
