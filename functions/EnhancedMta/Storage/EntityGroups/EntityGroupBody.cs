using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Data.Tables;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>
/// The body of an entity group transaction: a multipart of one change set, whose parts are HTTP requests (OData 3.0 batch processing). For one
/// transaction at a time; it keeps its memory for the next.
/// </summary>
internal sealed class EntityGroupBody
{
    /// <summary>Octets. What one large transaction grew is not kept for the many smaller ones after it.</summary>
    public const int LargestKept = 512 * 1024;

    private static readonly byte[] PartHead = "\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    /// <summary>Of the request's Content-Type.</summary>
    public string ContentType { get; private set; } = "";

    public int Length => _output.WrittenCount;

    /// <summary>To be sent before the next <see cref="Write(EntityGroupAddress, IReadOnlyList{TableTransactionAction})"/>, as often as need be.</summary>
    public RequestContent Content() => RequestContent.Create(_output.WrittenMemory);

    /// <exception cref="NotSupportedException">A column's type is none that a table has.</exception>
    public void Write(EntityGroupAddress address, IReadOnlyList<TableTransactionAction> actions)
    {
        _output.ResetWrittenCount();
        var (batch, changes) = (string.Create(CultureInfo.InvariantCulture, $"batch_{Guid.NewGuid()}"), string.Create(CultureInfo.InvariantCulture, $"changeset_{Guid.NewGuid()}"));
        ContentType = $"multipart/mixed; boundary={batch}";
        Span<byte> boundary = stackalloc byte[changes.Length + 2];
        Encoding.ASCII.GetBytes("--" + changes, boundary);

        using var json = RowJson.Writer(_output);
        Add($"--{batch}\r\nContent-Type: multipart/mixed; boundary={changes}\r\n\r\n");
        foreach (var action in actions)
        {
            _output.Write(boundary);
            _output.Write(PartHead);
            Write(address, action, json);
            _output.Write("\r\n"u8);
        }

        _output.Write(boundary);
        Add($"--\r\n--{batch}--\r\n");
    }

    private void Write(EntityGroupAddress address, TableTransactionAction action, Utf8JsonWriter json)
    {
        var row = (TableEntity)action.Entity;
        _output.Write(action.ActionType switch
        {
            TableTransactionActionType.Add => "POST "u8,
            TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge => "PATCH "u8,
            TableTransactionActionType.UpdateReplace or TableTransactionActionType.UpsertReplace => "PUT "u8,
            TableTransactionActionType.Delete => "DELETE "u8,
            _ => throw new InvalidOperationException($"{action.ActionType} is no action of a transaction."),
        });
        _output.Write(address.Table.Span);
        if (action.ActionType != TableTransactionActionType.Add)
        {
            _output.Write("(PartitionKey='"u8);
            Add(EntityGroupAddress.Key(row.PartitionKey));
            _output.Write("',RowKey='"u8);
            Add(EntityGroupAddress.Key(row.RowKey));
            _output.Write("')"u8);
        }

        _output.Write(" HTTP/1.1\r\nDataServiceVersion: 3.0\r\nAccept: application/json;odata=minimalmetadata\r\n"u8);
        if (action.ActionType == TableTransactionActionType.Add)
            _output.Write("Prefer: return-no-content\r\n"u8);
        if (Condition(action) is { } etag)
        {
            _output.Write("If-Match: "u8);
            Add(etag);
            _output.Write("\r\n"u8);
        }

        if (action.ActionType == TableTransactionActionType.Delete)
        {
            _output.Write("\r\n"u8);
            return;
        }

        _output.Write("Content-Type: application/json\r\n\r\n"u8);
        RowJson.Write(row, json);
    }

    /// <summary>An upsert stands on nothing, a deletion on the row being there at least.</summary>
    private static string? Condition(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Delete => (action.ETag == default ? ETag.All : action.ETag).ToString(),
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace when action.ETag != default => action.ETag.ToString(),
        _ => null,
    };

    private void Add(string text) => Encoding.UTF8.GetBytes(text, _output);
}
