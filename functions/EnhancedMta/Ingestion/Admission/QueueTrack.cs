using EnhancedMta.Batches;

namespace EnhancedMta.Ingestion.Admission;

/// <summary>
/// What one reading of a queue after the other tells: how fast orders leave it, whoever takes them. Queues are close to first in, first out: what
/// came before the head has left, so the head's own time says how far all instances together have come, and nobody has to count.
/// </summary>
/// <param name="limit">The wait that matters. What lasts for hours is judged over minutes, what lasts for seconds over seconds.</param>
internal sealed class QueueTrack(TimeSpan limit)
{
    private const int MostPoints = 4_096;

    private readonly List<Point> _points = [];
    private DateTimeOffset? _head;

    /// <summary>Storage tells whole seconds: a shorter wait may be none.</summary>
    private static readonly TimeSpan Visible = TimeSpan.FromSeconds(2);

    /// <summary>The time over which the rate is taken.</summary>
    private TimeSpan Window { get; } = TimeSpan.FromSeconds(Math.Clamp((limit / 4).TotalSeconds, 20, 600));

    /// <summary>Before orders were seen leaving for so long there is no rate: instances have to start first.</summary>
    private TimeSpan Enough => Window / 8;

    /// <summary>After a pause like this nobody knows what came and went meanwhile.</summary>
    private TimeSpan Gap => Window;

    public QueueEstimate Add(QueueReading reading)
    {
        // An order that comes back after its worker died is old and alone. The head only ever moves on; of the first one nothing is known.
        var seen = reading.Head is { } inserted && inserted < reading.At ? inserted : reading.At;
        var head = _head is { } before && before > seen ? before : seen;
        var age = _head is null ? TimeSpan.Zero : reading.At - head;
        _head = head;
        var depth = reading.Head is null ? 0 : reading.Depth;
        var isBusy = depth > 0 && reading.At - head >= Visible;
        if (_points.Count > 0 && reading.At - _points[^1].At > Gap)
            _points.Clear();
        _points.Add(_points.Count == 0 ? First(reading.At, head, depth, isBusy) : Next(reading.At, head, depth, isBusy));
        // One more than the window, so that what came before its head can still be told.
        while (_points.Count > 2 && _points[1].At < head && reading.At - _points[1].At > Window)
            _points.RemoveAt(0);
        // Of a queue that has stood still for days; half as fine will do.
        if (_points.Count > MostPoints)
            Thin();
        return new QueueEstimate(age, isBusy ? depth : 0, Rate(reading.At));
    }

    private void Thin()
    {
        var kept = _points.Where((_, i) => i % 2 == 0 || i == _points.Count - 1).ToList();
        _points.Clear();
        _points.AddRange(kept);
    }

    private static Point First(DateTimeOffset at, DateTimeOffset head, int depth, bool isBusy) => new(at, head, depth, 0, isBusy);

    /// <summary>Arrived(t) = Left(t) + depth(t), and what has left is what had arrived when the head came.</summary>
    private Point Next(DateTimeOffset at, DateTimeOffset head, int depth, bool isBusy)
    {
        var last = _points[^1];
        if (head <= last.At)
        {
            // Of many that came in one second the time does not tell how many are left; their number does, as long as few come.
            var left = Math.Max(Math.Max(last.Left, last.Arrived - depth), ArrivedAt(head));
            return new Point(at, head, Math.Max(last.Arrived, left + depth), left, isBusy);
        }

        // The head came since the last reading, when nothing was counted: of what came since then, evenly, the share behind it is still there.
        var share = (head - last.At) / (at - last.At);
        var arrived = share < 1 ? last.Arrived + (depth / (1 - share)) : last.Arrived;
        return new Point(at, head, arrived, Math.Max(last.Left, arrived - depth), isBusy);
    }

    /// <summary>Orders that had arrived before then, counted from the first head; between readings they came evenly.</summary>
    private double ArrivedAt(DateTimeOffset time)
    {
        var (from, count) = (_points[0].Head, _points[0].Left);
        foreach (var point in _points)
        {
            if (time <= point.At)
                return point.At > from ? count + ((point.Arrived - count) * Math.Max(0, (time - from) / (point.At - from))) : count;
            (from, count) = (point.At, point.Arrived);
        }

        return count;
    }

    /// <summary>Over the times at whose both ends something waited: an empty queue says nothing about how fast it could be emptied.</summary>
    private double? Rate(DateTimeOffset now)
    {
        var (time, left) = (TimeSpan.Zero, 0.0);
        for (var i = 1; i < _points.Count; i++)
        {
            var (from, to) = (_points[i - 1], _points[i]);
            if (!from.IsBusy || !to.IsBusy || now - from.At > Window)
                continue;
            time += to.At - from.At;
            left += to.Left - from.Left;
        }

        return time >= Enough ? left / time.TotalSeconds : null;
    }

    /// <param name="At">Of the reading.</param>
    /// <param name="Head">When its first order had been put there.</param>
    /// <param name="Arrived">Orders put there until then, since the first reading's head.</param>
    /// <param name="Left">Of these, gone.</param>
    /// <param name="IsBusy">Something waited.</param>
    private sealed record Point(DateTimeOffset At, DateTimeOffset Head, double Arrived, double Left, bool IsBusy);
}
