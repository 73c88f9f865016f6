using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Holds the delivery's KPIs and log against what the sink saw, and against what its providers had to lead to.</summary>
internal sealed class Audit
{
    private const int Shown = 5;

    private readonly Mailing _mailing;
    private readonly SummaryView _summary;
    private readonly SinkLedger _sink;
    private readonly Dictionary<string, LogLine> _log;

    public Audit(Mailing mailing, SummaryView summary, IReadOnlyList<LogLine> log, SinkLedger sink)
    {
        (_mailing, _summary, _sink) = (mailing, summary, sink);
        _log = log.ToDictionary(line => line.MessageId);
        var failed = mailing.Messages.Where(mail => Line(mail) is { Status: "Failed" }).ToHashSet();
        var comparison = sink.Compare(mailing.Messages.Where(mail => !failed.Contains(mail)).Select(mail => mail.MessageIdField));
        (Lost, Duplicates, Unexpected) = (comparison.Lost, comparison.Duplicates, comparison.Unexpected);
    }

    /// <summary>Neither at the sink nor Failed in the log.</summary>
    public IReadOnlyList<string> Lost { get; }

    /// <summary>More than once at the sink.</summary>
    public IReadOnlyList<string> Duplicates { get; }

    /// <summary>At the sink, though Failed in the log or never relayed.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>One line for each thing that is wrong.</summary>
    public IEnumerable<string> Faults() => new[]
    {
        Some("not final", [.. _mailing.Messages.Where(mail => Line(mail) is not ({ Status: "Failed" } or { State: "delivered" })).Select(Describe)]),
        Some("lost", Lost),
        Some("taken more than once by the sink", Duplicates),
        Some("at the sink though the log has them as Failed, or not at all", Unexpected),
        Differs("relayed", _mailing.Messages.Count, _summary.Relayed),
        Differs("delivered", _mailing.ExpectedDelivered, _summary.Delivered),
        Differs("failed", Text(_mailing.ExpectedFailures), Text(_summary.FailuresByReason.ToDictionary(failure => failure.Reason, failure => (int)failure.Count))),
        Differs("soft bounced, counted by the sink", SoftBouncesSeen(), _summary.SoftBounced),
        Differs("answers after each recipient's first, counted by the sink", AnswersAfterTheFirst(), _summary.Retried),
    }.OfType<string>();

    // Refused for good and retried all the same: full mailboxes, which Campaign has as Soft. A throttle is no bounce.
    private int SoftBouncesSeen() => _mailing.Messages.Count(mail =>
        _sink.Recipients.TryGetValue(mail.To, out var seen) && (seen.Deferred > seen.Throttled || (seen.Refused > 0 && mail.To.StartsWith(SinkProviders.NeverEmptied, StringComparison.Ordinal))));

    private int AnswersAfterTheFirst() => _mailing.Messages.Sum(mail =>
        _sink.Recipients.TryGetValue(mail.To, out var seen) ? Math.Max(0, seen.Accepted + seen.Deferred - seen.Throttled + seen.Refused - 1) : 0);

    private LogLine? Line(DemoMail mail) => _log.GetValueOrDefault(mail.Id);

    private string Describe(DemoMail mail) => Line(mail) is { } line
        ? FormattableString.Invariant($"{mail.Id} to {mail.To}: {line.State}, waits for {line.WaitsFor}, next {line.Next:u}")
        : $"{mail.Id} to {mail.To}: not in the log";

    private static string? Some(string what, IReadOnlyList<string> which) =>
        which.Count == 0 ? null : FormattableString.Invariant($"{which.Count} {what}: {string.Join("; ", which.Take(Shown))}{(which.Count > Shown ? "; …" : "")}");

    private static string? Differs<T>(string what, T expected, T actual) where T : notnull =>
        expected.Equals(actual) ? null : FormattableString.Invariant($"{what}: {expected} expected, the Summary says {actual}");

    private static string? Differs(string what, int expected, long actual) => Differs<long>(what, expected, actual);

    private static string Text(IReadOnlyDictionary<int, int> byReason) =>
        string.Join(", ", byReason.OrderBy(reason => reason.Key).Select(reason => FormattableString.Invariant($"{reason.Value} for reason {reason.Key}")));
}
