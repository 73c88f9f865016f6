using EnhancedMta.Batches;
using EnhancedMta.Ingestion.Admission;

namespace EnhancedMta.Tests.Ingestion.Admission;

/// <summary>A queue that orders come to and leave at given rates; like storage it tells whole seconds.</summary>
internal sealed class SimulatedQueue
{
    private readonly LinkedList<DateTimeOffset> _orders = new();
    private double _due;
    private double _taken;

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    public int Count => _orders.Count;

    /// <summary>Orders that nobody can see: being worked on, or waiting for their time.</summary>
    public int Hidden { get; set; }

    /// <summary>How long an order that comes now will wait.</summary>
    public TimeSpan WaitAt(double leavingPerSecond) => TimeSpan.FromSeconds(_orders.Count / leavingPerSecond);

    /// <summary>Time passes in steps of a tenth of a second.</summary>
    public void Pass(TimeSpan time, double comingPerSecond, double leavingPerSecond)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Now += step;
            for (_due += comingPerSecond / 10; _due >= 1; _due--)
                _orders.AddLast(Now);
            for (_taken += leavingPerSecond / 10; _taken >= 1; _taken--)
            {
                if (_orders.Count > 0)
                    _orders.RemoveFirst();
            }
        }
    }

    /// <summary>An order whose worker died is visible again, at the head.</summary>
    public void ComesBack(TimeSpan age) => _orders.AddFirst(Now - age);

    public void Burst(int orders)
    {
        for (var i = 0; i < orders; i++)
            _orders.AddLast(Now);
    }

    public QueueReading Read() => new(Second(Now), _orders.Count == 0 ? null : Second(_orders.First!.Value), _orders.Count + Hidden);

    /// <summary>Passes the time with a reading every so often.</summary>
    public QueueEstimate Watch(QueueTrack track, TimeSpan time, TimeSpan every, double coming, double leaving)
    {
        var last = track.Add(Read());
        for (var passed = TimeSpan.Zero; passed < time; passed += every)
        {
            Pass(every, coming, leaving);
            last = track.Add(Read());
        }

        return last;
    }

    private static DateTimeOffset Second(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
