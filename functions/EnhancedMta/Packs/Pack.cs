using System.Buffers;
using System.Text.Json.Serialization;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Packs;

/// <summary>The content of one batch, as read from its blob.</summary>
/// <param name="header">Says where each content ends.</param>
/// <param name="unpacked">Of the shared pool; begins with the contents, one after the other.</param>
public sealed class Pack(PackHeader header, byte[] unpacked) : IDisposable
{
    private readonly int[] _offsets = Offsets(header.Items);
    private byte[]? _unpacked = unpacked;

    public PackHeader Header { get; } = header;

    /// <summary>A message's header and body, by its place in the pack. Not to be used after the pack's end.</summary>
    /// <exception cref="ObjectDisposedException">The pack has ended.</exception>
    public ReadOnlyMemory<byte> Content(int index)
    {
        ObjectDisposedException.ThrowIf(_unpacked is null, this);
        return _unpacked.AsMemory(_offsets[index], Header.Items[index].Length);
    }

    /// <summary>Gives the memory back, for the next pack.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _unpacked, null) is { } unpacked)
            ArrayPool<byte>.Shared.Return(unpacked);
    }

    private static int[] Offsets(IReadOnlyList<PackItem> items)
    {
        var offsets = new int[items.Count];
        for (var i = 1; i < offsets.Length; i++)
            offsets[i] = offsets[i - 1] + items[i - 1].Length;
        return offsets;
    }
}

/// <param name="Partition">Key of the log partition that the messages are in.</param>
/// <param name="Received">When they reached us: where the validity period begins.</param>
/// <param name="Expires">When it ends.</param>
/// <param name="Items">The messages, in the order of their contents.</param>
public sealed record PackHeader(
    [property: JsonPropertyName("p")] string Partition,
    [property: JsonPropertyName("r")] DateTimeOffset Received,
    [property: JsonPropertyName("x")] DateTimeOffset Expires,
    [property: JsonPropertyName("m")] IReadOnlyList<PackItem> Items)
{
    [JsonIgnore]
    public LogPartition LogPartition => LogPartition.Parse(Partition);
}

/// <param name="MessageId">Campaign's id.</param>
/// <param name="LocalPart">Of the recipient.</param>
/// <param name="Domain">Of the recipient, A-labels.</param>
/// <param name="FromDomain">What DKIM aligns with.</param>
/// <param name="Length">Octets of content.</param>
/// <param name="EightBit">Content has octets above 127.</param>
public sealed record PackItem(
    [property: JsonPropertyName("i")] string MessageId,
    [property: JsonPropertyName("l")] string LocalPart,
    [property: JsonPropertyName("d")] string Domain,
    [property: JsonPropertyName("f")] string FromDomain,
    [property: JsonPropertyName("n")] int Length,
    [property: JsonPropertyName("8")] bool EightBit)
{
    [JsonIgnore]
    public Addresses.EmailAddress To => new(LocalPart, Domain);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(PackHeader))]
internal sealed partial class PackJson : JsonSerializerContext;
