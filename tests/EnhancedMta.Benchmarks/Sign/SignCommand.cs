using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EnhancedMta.Benchmarks.Mail;

namespace EnhancedMta.Benchmarks.Sign;

/// <summary><c>sign</c>: what a signed message costs on one core, beside the bare signature of a hash.</summary>
internal static class SignCommand
{
    public const string Usage = "sign [--json]";

    private const int Letters = 64;

    private static readonly int[] Sizes = [10, 60];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not ([] or ["--json"]))
        {
            Console.Error.WriteLine($"sign: cannot use '{string.Join(' ', arguments)}'. Usage: {Usage}");
            return 2;
        }
#if DEBUG
        Console.Error.WriteLine("This is a Debug build, whose figures tell nothing: use dotnet run -c Release.");
#endif
        using var rsa = BenchKey.Rsa();
        using var ed25519 = BenchKey.Ed25519();
        var results = new List<SignResult>();
        foreach (var size in Sizes)
        {
            var letters = Filled(size * 1024);
            foreach (var keys in new[] { [rsa], [ed25519], new[] { rsa, ed25519 } })
                results.Add(SignResult.Measure(size, keys, letters));
        }
        foreach (var result in results)
        {
            if (arguments is ["--json"])
                break;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{result.SizeInKB,3} KB  {result.Algorithm,-26} {result.SignaturesPerSecond,8:N0} messages/s, bare {result.RawSignaturesPerSecond,8:N0}/s, ratio {result.Ratio:0.00}; {result.MicrosecondsBeside:0} µs beside the signature, {result.HashMicroseconds:0} µs for SHA-256 alone"));
        }
        if (arguments is ["--json"])
            Console.WriteLine(JsonSerializer.Serialize(results, Json));
        return 0;
    }

    // Different ones, so that neither caches nor branch predictors know them by heart.
    private static byte[][] Filled(int size)
    {
        var template = new LetterTemplate(Letter.Text(size, Letter.MessageIdHeader), "sign");
        var letters = new byte[Letters][];
        for (var number = 0; number < Letters; number++)
        {
            var filled = new System.Buffers.ArrayBufferWriter<byte>(size + 1024);
            template.Write(number, filled);
            letters[number] = filled.WrittenSpan.ToArray();
        }
        return letters;
    }
}
