using System.Globalization;
using EnhancedMta.Qualification;
using Spectre.Console;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>For people: how many go from which meaning to which, the most first, with samples.</summary>
internal sealed class RuleChangeTable(IAnsiConsole console) : IRuleChanges
{
    private const int SamplesShown = 3;
    private const int SampleLength = 100;

    private readonly Dictionary<(Shown From, Shown To), Moved> _moves = [];
    private int _looked;
    private int _otherRule;

    public ValueTask AddAsync(Decided decided, CancellationToken cancellationToken)
    {
        _looked++;
        if (!decided.IsMoved)
        {
            _otherRule += decided.HasOtherRule ? 1 : 0;
            return ValueTask.CompletedTask;
        }
        var key = (Shown.Of(decided.From), Shown.Of(decided.To));
        if (!_moves.TryGetValue(key, out var moved))
            _moves[key] = moved = new Moved();
        moved.Count++;
        if (moved.Samples.Count < SamplesShown && Short(decided.Words()) is var sample && !moved.Samples.Contains(sample))
            moved.Samples.Add(sample);
        return ValueTask.CompletedTask;
    }

    public Task EndAsync(string ruleSet, int faults, CancellationToken cancellationToken)
    {
        if (_moves.Count > 0)
        {
            var table = new Table { Border = TableBorder.Simple, Expand = false };
            table.AddColumn(new TableColumn("count").RightAligned());
            table.AddColumns("is now", "would be", "for example");
            foreach (var ((from, to), moved) in _moves.OrderByDescending(m => m.Value.Count))
                table.AddRow(new Text(moved.Count.ToString("N0", CultureInfo.InvariantCulture)), new Text(from.ToString()), new Text(to.ToString()), new Text(string.Join('\n', moved.Samples)));
            console.Write(table);
        }
        var changed = _moves.Values.Sum(m => m.Count);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{changed:N0} of {_looked:N0} would change; {_otherRule:N0} more would be decided by another rule and mean the same; {faults:N0} could not be read. Rule set {ruleSet}."));
        return Task.CompletedTask;
    }

    private static string Short(string text) => text.Length <= SampleLength ? text : string.Concat(text.AsSpan(0, SampleLength - 1), "…");

    private sealed class Moved
    {
        public int Count { get; set; }

        public List<string> Samples { get; } = [];
    }

    private sealed record Shown(FailureType Type, CampaignReason Reason, BounceCode Code, ReplyClass Class, bool Final)
    {
        public static Shown Of(Verdict verdict) => new(verdict.Type, verdict.Reason, verdict.Code, verdict.Class, verdict.Final);

        public override string ToString() => $"{Type}, {Reason.Label()}\n{ClassNames.Of(Class)}, {(int)Code}{(Final ? "" : ", retried")}";
    }
}
