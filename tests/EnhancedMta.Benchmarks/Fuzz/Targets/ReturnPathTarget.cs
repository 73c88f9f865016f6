using System.Text;
using EnhancedMta.Ingestion;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>Return paths and Message-IDs that come back, or pretend to. None but ours is believed.</summary>
internal sealed class ReturnPathTarget : FuzzTarget
{
    private readonly ReturnPathCodec _codec = new([Encoding.ASCII.GetBytes("a key for fuzzing only, 32 octets")], "bounces.example");
    private readonly HashSet<string> _ours;

    public ReturnPathTarget() : base("return-paths", weight: 30, maxLength: 2_000)
    {
        string[] ids = ["1", "4711", "recipient-with-a-long-id-0123456789-0123456789", "ä=+:@._-"];
        string[] paths = [.. ids.SelectMany(id => new[] { _codec.Encode("DM42", 0, id), _codec.Encode("autumn-2026", 15, id) })];
        _ours = paths.ToHashSet(StringComparer.OrdinalIgnoreCase);
        Seeds = [.. Octets([.. paths, .. ids.Select(id => MessageIdentity.FieldValue(id, "DM42", _codec.Seal("DM42", id), "shop.example"))])];
        Words = Octets("=", "+", "-", ".", "@", "<", ">", "\"", " ", "\0", "é", "=3D", "=ZZ", "b", "prvs=", "SRS0=", "@bounces.example", "77777777", "aaaaaaaa");
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IReadOnlyList<byte[]> Words { get; }

    public override void Read(byte[] input, Random random)
    {
        var text = random.Next(2) == 0 ? Encoding.UTF8.GetString(input) : Encoding.Latin1.GetString(input);
        if (_codec.TryDecode(text, out var path))
            Hold(_ours.Any(ours => text.Contains(ours[..ours.IndexOf('@', StringComparison.Ordinal)], StringComparison.OrdinalIgnoreCase)), $"a return path that is not ours is believed: {path}");
        if (MessageIdentity.TryRead(text, out var delivery, out var message, out var seal))
            _ = _codec.IsSeal(seal, delivery, message);
    }
}
