using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Ingestion;

/// <summary>
/// Remembers answers by <c>Idempotency-Key</c>. Message ids alone make a repeated request safe; the key also gives its answer back as it was.
/// </summary>
public sealed class IdempotencyKeys(TableClient table, TimeProvider clock)
{
    /// <summary>
    /// A first request that has not answered after this is taken for dead: so long does a caller wait whose process was killed. Should it live
    /// after all, nothing is sent twice: message ids see to that.
    /// </summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    internal const string Answer = "Answer";
    private const string Fingerprint = "Fingerprint";
    private const string Begun = "Begun";
    private const string Owner = "Owner";

    /// <summary>Registers the key, unless it is known.</summary>
    /// <param name="deliveryId">Keys are per delivery.</param>
    /// <param name="key">As given by the caller; <see cref="IsValid"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<IdempotencyState> BeginAsync(string deliveryId, string key, CancellationToken cancellationToken)
    {
        var owner = Guid.NewGuid().ToString("N");
        while (true)
        {
            var now = clock.GetUtcNow();
            var row = new TableEntity(deliveryId, key) { [Begun] = now, [Owner] = owner };
            try
            {
                await table.AddEntityAsync(row, cancellationToken).ConfigureAwait(false);
                return new IdempotencyState(IdempotencyStatus.New, null, null);
            }
            catch (RequestFailedException e) when (e.Status == 409)
            {
                var known = await table.GetEntityIfExistsAsync<TableEntity>(deliveryId, key, null, cancellationToken).ConfigureAwait(false);
                if (!known.HasValue)
                    continue;
                if (known.Value!.GetBinary(Answer) is { } answer)
                    return new IdempotencyState(IdempotencyStatus.Answered, answer, known.Value!.GetString(Fingerprint));
                // Ours already: the write took place and its answer got lost.
                if (known.Value!.GetString(Owner) == owner)
                    return new IdempotencyState(IdempotencyStatus.New, null, null);
                if (now - known.Value!.GetDateTimeOffset(Begun) < Abandoned)
                    return new IdempotencyState(IdempotencyStatus.InProgress, null, null);
                try
                {
                    await table.UpdateEntityAsync(row, known.Value!.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                    return new IdempotencyState(IdempotencyStatus.New, null, null);
                }
                catch (RequestFailedException lost) when (lost.Status is 404 or 412)
                {
                    // Somebody else took it over.
                }
            }
        }
    }

    /// <summary>Keeps the answer.</summary>
    public async Task CompleteAsync(string deliveryId, string key, string fingerprint, byte[] answer, CancellationToken cancellationToken) =>
        await table.UpsertEntityAsync(
            new TableEntity(deliveryId, key) { [Answer] = answer, [Fingerprint] = fingerprint, [Begun] = clock.GetUtcNow() },
            TableUpdateMode.Replace,
            cancellationToken).ConfigureAwait(false);

    /// <summary>The request failed: the key may be used again.</summary>
    public async Task ForgetAsync(string deliveryId, string key, CancellationToken cancellationToken) =>
        await table.DeleteEntityAsync(deliveryId, key, ETag.All, cancellationToken).ConfigureAwait(false);

    /// <summary>1–200 printable ASCII characters that a table key can hold.</summary>
    public static bool IsValid(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length is >= 1 and <= 200 && key.All(c => c is > ' ' and < '\u007f' and not ('/' or '\\' or '#' or '?' or '%'));
    }
}

public enum IdempotencyStatus
{
    New,
    InProgress,
    Answered,
}

/// <param name="Status">What is known of the key.</param>
/// <param name="Answer">The first answer, as JSON.</param>
/// <param name="Fingerprint">Of the first request's body.</param>
public sealed record IdempotencyState(IdempotencyStatus Status, byte[]? Answer, string? Fingerprint);
