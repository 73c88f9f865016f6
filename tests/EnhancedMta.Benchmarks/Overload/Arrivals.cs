using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Overload;

/// <summary>When each message was accepted, and when it came; its number stands in its recipient's address.</summary>
internal sealed class Arrivals : SinkObserver
{
    private readonly ConcurrentDictionary<int, long> _accepted = new();
    private readonly ConcurrentDictionary<int, (long At, int Count)> _came = new();

    /// <summary>Different messages that came.</summary>
    public int Came => _came.Count;

    public int Accepted => _accepted.Count;

    public int Lost => _accepted.Keys.Count(number => !_came.ContainsKey(number));

    public int Duplicates => _came.Values.Sum(m => m.Count - 1);

    /// <summary>Came without having been accepted: the answer was lost, or a refusal was none.</summary>
    public int Unexpected => _came.Keys.Count(number => !_accepted.ContainsKey(number));

    public static string AddressOf(int number, string domain) => string.Create(CultureInfo.InvariantCulture, $"m{number}@{domain}");

    public void Accept(int first, int count)
    {
        var now = Stopwatch.GetTimestamp();
        for (var number = first; number < first + count; number++)
            _accepted[number] = now;
    }

    public override void Took(Persona persona, string? messageId, string recipient)
    {
        var now = Stopwatch.GetTimestamp();
        var number = int.Parse(recipient.AsSpan(1, recipient.IndexOf('@', StringComparison.Ordinal) - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        _came.AddOrUpdate(number, (now, 1), (_, before) => (before.At, before.Count + 1));
    }

    /// <summary>Seconds from acceptance to arrival, in order, of numbers in a range. What came before its request was answered waited for nothing.</summary>
    public IReadOnlyList<double> Waits(Func<int, bool> which) =>
    [
        .. _accepted.Where(m => which(m.Key) && _came.ContainsKey(m.Key)).Select(m => Math.Max(0, Stopwatch.GetElapsedTime(m.Value, _came[m.Key].At).TotalSeconds)).Order(),
    ];
}
