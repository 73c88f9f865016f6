using System.Globalization;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>How far the work is, on a terminal's last line; and what is to be said meanwhile.</summary>
/// <param name="output">Standard error.</param>
/// <param name="isShown">It is a terminal, and it is not the terminal that results are written to.</param>
/// <param name="what">What is counted: <c>replies</c>.</param>
/// <param name="clock">For when to show it again.</param>
internal sealed class Progress(TextWriter output, bool isShown, string what, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private readonly long _began = clock.GetTimestamp();
    private long _shown = clock.GetTimestamp();
    private bool _isOnLine;
    private int _count;

    public void Step()
    {
        _count++;
        // The clock costs more than the rest.
        if (!isShown || (_count & 15) != 0 || clock.GetElapsedTime(_shown) < Interval)
            return;
        _shown = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(_began).TotalSeconds;
        output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{_count:N0} {what}, {_count / seconds:N0}/s "));
        _isOnLine = true;
    }

    public void Say(string line)
    {
        Clear();
        output.WriteLine(line);
    }

    public void Dispose() => Clear();

    private void Clear()
    {
        if (_isOnLine)
            output.Write("\r\e[K");
        _isOnLine = false;
    }
}
