using System.Text;

namespace EnhancedMta.Benchmarks.Sinks;

/// <summary>What a sink got.</summary>
/// <param name="Total">Messages.</param>
/// <param name="Distinct">Different Message-IDs.</param>
/// <param name="Signed">Messages with a DKIM-Signature.</param>
/// <param name="Verified">Messages of the sample whose signature is good.</param>
/// <param name="Sampled">Size of the sample.</param>
internal sealed record SinkDump(int Total, int Distinct, int Signed, int Verified, int Sampled)
{
    private const int HeaderLimit = 64 * 1024;
    private const int SampleSize = 50;

    /// <param name="folder">One file for each message: the sink's own header lines, then the message, with LF line ends.</param>
    /// <param name="publicKey">That the messages are signed with, base64 of SubjectPublicKeyInfo.</param>
    /// <exception cref="InvalidDataException">A message without Message-ID.</exception>
    public static SinkDump Read(string folder, string publicKey)
    {
        var files = Directory.GetFiles(folder);
        var ids = new HashSet<string>(files.Length, StringComparer.Ordinal);
        var signed = 0;
        var buffer = new byte[HeaderLimit];
        foreach (var file in files)
        {
            using var handle = File.OpenHandle(file);
            var header = Header(buffer.AsSpan(0, RandomAccess.Read(handle, buffer, 0)));
            ids.Add(Value(header, "Message-ID:") ?? throw new InvalidDataException($"A message has no Message-ID: {header}"));
            if (Value(header, "DKIM-Signature:") is not null)
                signed++;
        }

        var sample = files.Where((_, i) => i % Math.Max(1, files.Length / SampleSize) == 0).ToList();
        var verifier = new SignatureCheck(publicKey);
        return new SinkDump(files.Length, ids.Count, signed, sample.Count(verifier.IsGood), sample.Count);
    }

    private static string Header(ReadOnlySpan<byte> start)
    {
        var end = start.IndexOf("\n\n"u8);
        return Encoding.Latin1.GetString(end < 0 ? start : start[..(end + 1)]);
    }

    // Unfolded; null when there is no such field.
    private static string? Value(string header, string name)
    {
        var at = header.IndexOf("\n" + name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var from = at + 1 + name.Length;
        var end = header.IndexOf('\n', from);
        while (end >= 0 && end + 1 < header.Length && header[end + 1] is ' ' or '\t')
            end = header.IndexOf('\n', end + 1);
        return header[from..(end < 0 ? header.Length : end)].Replace("\n", "", StringComparison.Ordinal).Trim();
    }
}
