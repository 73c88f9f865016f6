using System.Runtime.InteropServices;

namespace EnhancedMta.Benchmarks.Processes;

/// <summary>Processor time of the calling thread: what else the machine does is not in it.</summary>
internal static partial class ThreadTime
{
    // CLOCK_THREAD_CPUTIME_ID of clock_gettime(2).
    private const int ThreadClock = 3;

    public static TimeSpan Now()
    {
        if (ClockGetTime(ThreadClock, out var time) != 0)
            throw new InvalidOperationException("The thread's processor time cannot be read.");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
