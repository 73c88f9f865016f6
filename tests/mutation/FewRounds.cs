using CsCheck;

namespace EnhancedMta.Tests;

/// <summary>
/// Stands before CsCheck's own, because a nearer namespace is asked first: what a property test tries thousands of times is tried a few times here, where each
/// test is run once for each mutant that it reaches, and every step is counted to find out which these are.
/// </summary>
internal static class FewRounds
{
    private const long Most = 20;

    public static void Sample<T>(this Gen<T> inputs, Action<T> test, long iter = Most) => Check.Sample(inputs, test, iter: Math.Min(iter, Most), threads: 1);

    public static void Sample<T1, T2>(this Gen<(T1, T2)> inputs, Action<T1, T2> test, long iter = Most) => Check.Sample(inputs, test, iter: Math.Min(iter, Most), threads: 1);

    public static void Sample<T1, T2, T3>(this Gen<(T1, T2, T3)> inputs, Action<T1, T2, T3> test, long iter = Most) => Check.Sample(inputs, test, iter: Math.Min(iter, Most), threads: 1);

    public static void Sample<T1, T2, T3, T4>(this Gen<(T1, T2, T3, T4)> inputs, Action<T1, T2, T3, T4> test, long iter = Most) =>
        Check.Sample(inputs, test, iter: Math.Min(iter, Most), threads: 1);
}
