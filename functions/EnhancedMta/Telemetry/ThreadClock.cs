using System.Runtime.InteropServices;

namespace EnhancedMta.Telemetry;

/// <summary>CPU time of the calling thread, which .NET tells of the whole process only.</summary>
internal static class ThreadClock
{
    // CLOCK_THREAD_CPUTIME_ID of Linux, clock_gettime(2).
    private const int ThreadCpuTime = 3;

    /// <returns>0 where there is no such clock.</returns>
    public static long Nanoseconds() => OperatingSystem.IsLinux() && GetTime(ThreadCpuTime, out var time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : 0;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);

    // struct timespec of 64-bit Linux.
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
