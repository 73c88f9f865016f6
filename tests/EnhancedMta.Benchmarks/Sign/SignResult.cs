using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Commands;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Dkim;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Benchmarks.Sign;

/// <param name="SizeInKB">Of the letters.</param>
/// <param name="Algorithm">One, or both with a plus between: each message is signed by both then.</param>
/// <param name="SignaturesPerSecond">Messages signed in a second of processor time: what one core does that does nothing else.</param>
/// <param name="RawSignaturesPerSecond">Hashes signed by the same keys, and nothing else done.</param>
/// <param name="Ratio">Cost of the one over cost of the other: 1 would be a signature for nothing.</param>
/// <param name="MicrosecondsBeside">What a message costs beside its signature.</param>
/// <param name="HashMicroseconds">What the hash of as many octets costs, and nothing else done.</param>
internal sealed record SignResult(int SizeInKB, string Algorithm, double SignaturesPerSecond, double RawSignaturesPerSecond, double Ratio, double MicrosecondsBeside, double HashMicroseconds)
{
    private const int Rounds = 40;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Takes turns, and compares the middles of all: caches and clocks that others change fall on each alike.
    /// </summary>
    public static SignResult Measure(int sizeInKB, IReadOnlyList<BenchKey> bench, IReadOnlyList<byte[]> letters)
    {
        var signer = new DkimSigner(TimeProvider.System);
        DkimKey[] keys = [.. bench.Select(key => key.Key)];
        var hash = SHA256.HashData(letters[0]);
        void Sign(int number) => signer.Sign(letters[number % letters.Count], keys, Letter.SenderDomain);
        void SignBare(int number)
        {
            foreach (var key in bench)
                key.SignBare(hash);
        }
        void Hash(int number) => SHA256.HashData(letters[number % letters.Count], hash);

        Turn(Sign, Slice * 10);
        Turn(SignBare, Slice * 10);
        Turn(Hash, Slice);
        var (signed, bare, hashed) = (new double[Rounds], new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
            (signed[round], bare[round], hashed[round]) = (Turn(Sign, Slice), Turn(SignBare, Slice), Turn(Hash, Slice / 5));
        var (one, other) = (Middle(signed), Middle(bare));
        return new SignResult(
            sizeInKB, string.Join('+', keys.Select(key => key.Algorithm)), Math.Round(1e6 / one), Math.Round(1e6 / other), Math.Round(one / other, 3), Math.Round(one - other, 1), Math.Round(Middle(hashed), 1));
    }

    // Microseconds of processor time for one.
    private static double Turn(Action<int> work, TimeSpan atLeast)
    {
        const int AtOnce = 8;
        var began = ThreadClock.Nanoseconds();
        var count = 0;
        // The thread's processor time, for ever 0 where it cannot be had.
        Requirements.Linux("the processor time of a thread");
        TimeSpan time;
        do
        {
            for (var i = 0; i < AtOnce; i++)
                work(count++);
            time = TimeSpan.FromMicroseconds((ThreadClock.Nanoseconds() - began) / 1000.0);
        }
        while (time < atLeast);
        return time.TotalMicroseconds / count;
    }

    private static double Middle(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
