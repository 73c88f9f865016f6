using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Http;

/// <summary>Reads a request's body that must be small.</summary>
internal static class SmallBody
{
    /// <returns>Null when it is larger than <paramref name="maxLength"/> octets.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxLength, CancellationToken cancellationToken)
    {
        var buffer = new byte[maxLength + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        // Not as one expression: there null would become an empty array's memory.
        if (length > maxLength)
            return null;
        return buffer.AsMemory(0, length);
    }
}
