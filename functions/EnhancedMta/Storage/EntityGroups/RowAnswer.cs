using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>What became of one row of a transaction: a part of the answer, with what anybody asks of it.</summary>
/// <param name="status">Of HTTP.</param>
/// <param name="etag">The row's from now on; null when it is gone, or failed.</param>
/// <param name="error">JSON; null when there is none.</param>
internal sealed class RowAnswer(int status, string? etag, byte[]? error) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; } = error is null ? null : new MemoryStream(error, 0, error.Length, writable: false, publiclyVisible: true);

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => etag is null ? [] : [new HttpHeader(HttpHeader.Names.ETag, etag)];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = name.Equals(HttpHeader.Names.ETag, StringComparison.OrdinalIgnoreCase) ? etag : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
