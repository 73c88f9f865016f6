using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Http;

/// <summary>Reads a request's body that must be small.</summary>
internal static class SmallBody
{
    private const int Usual = 4096;

    /// <returns>Null when it is larger than <paramref name="maxLength"/> octets.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxLength, CancellationToken cancellationToken)
    {
        // As large as it comes, not as it may: else many small requests would take the memory of many large ones.
        var buffer = new byte[Math.Min(request.ContentLength ?? Usual, maxLength) + 1];
        var length = 0;
        while (true)
        {
            length += await request.Body.ReadAtLeastAsync(buffer.AsMemory(length), buffer.Length - length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length > maxLength)
                return null;
            // Not as one expression: there null would become an empty array's memory.
            if (length < buffer.Length)
                return buffer.AsMemory(0, length);
            Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, maxLength + 1L));
        }
    }
}
