using System.Collections.Concurrent;
using Azure;
using Azure.Core;
using Azure.Data.Tables;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>
/// A table whose entity group transactions are written and read here, and whose everything else is the SDK's. The SDK makes an HTTP message, a dictionary
/// and a MIME part of each row, and a MIME part of each row's answer: a third of the CPU time of a relayed message. What goes over the wire says the same,
/// by the same pipeline of policies, and what comes back is answered or thrown as the SDK does.
/// </summary>
internal sealed class EntityGroupTable : TableClient
{
    private const string RefusedAtOnce = nameof(RefusedAtOnce);

    private readonly EntityGroupPipeline? _groups;
    private readonly EntityGroupAddress _address;

    // As many as transactions under way at once.
    private readonly ConcurrentStack<EntityGroupBody> _free = new();

    /// <param name="connectionString">Of the account.</param>
    /// <param name="name">Of the table.</param>
    /// <param name="options">Of the SDK's client, for all else.</param>
    /// <param name="groups">Null leaves transactions to the SDK.</param>
    public EntityGroupTable(string connectionString, string name, TableClientOptions options, EntityGroupPipeline? groups)
        : base(connectionString, name, options) => (_groups, _address) = (groups, new EntityGroupAddress(Uri));

    /// <param name="endpoint">Of the account's table service.</param>
    /// <param name="name">Of the table.</param>
    /// <param name="credential">Has leave to write.</param>
    /// <param name="options">Of the SDK's client, for all else.</param>
    /// <param name="groups">Sends transactions.</param>
    public EntityGroupTable(Uri endpoint, string name, TokenCredential credential, TableClientOptions options, EntityGroupPipeline groups)
        : base(endpoint, name, credential, options) => (_groups, _address) = (groups, new EntityGroupAddress(Uri));

    /// <summary>One transaction of up to 100 rows of one partition, 4 MB in all: all or none.</summary>
    /// <param name="transactionActions">In their order, which the answers have too.</param>
    /// <param name="cancellationToken">Stops waiting; the transaction may take place all the same.</param>
    /// <returns>For each action a status and, unless it deleted, an ETag.</returns>
    /// <exception cref="TableTransactionFailedException">A row cannot be written, so none was; it says which.</exception>
    /// <exception cref="RequestFailedException">The request failed as a whole, or what came back is no answer to it: whether it took place is not known.</exception>
    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transactionActions);
        var actions = transactionActions as IReadOnlyList<TableTransactionAction> ?? [.. transactionActions];
        // Types of an application's own are bound by the SDK; we have none.
        if (_groups is null || actions.Count == 0 || !actions.All(action => action.Entity is TableEntity))
            return await base.SubmitTransactionAsync(actions, cancellationToken).ConfigureAwait(false);

        if (!_free.TryPop(out var body))
            body = new EntityGroupBody();
        body.Write(_address, actions);
        var (response, isFirst) = await _groups.SendAsync(_address, body, cancellationToken).ConfigureAwait(false);
        // Not after a failure: the transport may still be writing what nobody waits for. Who answered with success has read it all.
        if (body.Length <= EntityGroupBody.LargestKept)
            _free.Push(body);
        try
        {
            return Response.FromValue(EntityGroupAnswer.Read(response, actions.Count), response);
        }
        catch (TableTransactionFailedException e) when (isFirst)
        {
            e.Data[RefusedAtOnce] = true;
            throw;
        }
    }

    /// <summary>A row could not be written, and the transaction was sent once only: it did not take place. Else an earlier try of the same may have been what stood in its way.</summary>
    public static bool WasRefusedAtOnce(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Data.Contains(RefusedAtOnce);
    }
}
