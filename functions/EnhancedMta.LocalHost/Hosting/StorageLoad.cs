using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>
/// Tells requests to storage apart by what Azure limits them by: table partitions, queues, blobs. Only where a benchmark asks for it
/// (<c>LocalHost__CountStorage</c>): it reads each transaction once more, to see whose rows they are.
/// </summary>
public sealed partial class StorageLoad : HttpPipelineSynchronousPolicy
{
    private readonly ConcurrentDictionary<(string Resource, string Partition), Tally> _tallies = new();

    /// <summary>What was asked since the start.</summary>
    public IReadOnlyList<ResourceLoad> Loads =>
        [.. _tallies.OrderBy(t => t.Key.Resource, StringComparer.Ordinal).ThenBy(t => t.Key.Partition, StringComparer.Ordinal).Select(t => t.Value.Read(t.Key.Resource, t.Key.Partition))];

    public override void OnReceivedResponse(HttpMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (resource, partition, answer) = Look(message.Request, message.Response);
        _tallies.GetOrAdd((resource, partition), static _ => new Tally()).Add(answer);
    }

    private static (string Resource, string Partition, Answer Answer) Look(Request request, Response response)
    {
        var uri = request.Uri.ToUri();
        // An emulator's addresses have the account before all else.
        var path = Uri.UnescapeDataString(uri.AbsolutePath).TrimStart('/');
        if (uri.IsLoopback)
            path = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var isConflict = response.Status is 409 or 412;
        if (!request.Headers.Contains("DataServiceVersion"))
        {
            var name = path.Split('/', '?')[0];
            return (path.Contains("/messages", StringComparison.Ordinal) ? $"queue {name}" : $"blob {name}", "", new Answer(0, 0, isConflict ? 1 : 0));
        }

        if (path == "$batch")
        {
            var body = Body(request);
            var rows = Parts().Count(body);
            // What failed is told by the parts of an answer that is 202 itself; nothing of it was written then.
            var refused = ConflictParts().IsMatch(Body(response));
            return ($"table {TableOfPart().Match(body).Groups[1].Value}", Unquoted(PartitionOfPart().Match(body)), new Answer(refused || response.IsError ? 0 : rows, 0, refused ? 1 : 0));
        }

        var table = path.Split('(')[0];
        var (partition, isRead) = (Unquoted(PartitionOfPath().Match(path)), request.Method == RequestMethod.Get);
        if (partition.Length == 0)
            partition = Unquoted(PartitionOfFilter().Match(Uri.UnescapeDataString(uri.Query.Replace('+', ' '))));
        if (partition.Length == 0 && request.Method == RequestMethod.Post)
            partition = Unquoted(PartitionOfPart().Match(Body(request)));
        // A point read is of one row, whether or not there is one.
        var read = !isRead ? 0 : PartitionOfPath().IsMatch(path) ? 1 : RowOfAnswer().Count(Body(response));
        return ($"table {table}", partition.Length == 0 ? "(several)" : partition, new Answer(isRead || response.IsError ? 0 : 1, read, isConflict ? 1 : 0));
    }

    private static string Unquoted(Match match) => match.Groups.Values.Skip(1).FirstOrDefault(g => g.Success)?.Value ?? "";

    private static string Body(Request request)
    {
        if (request.Content is not { } content)
            return "";
        using var copy = new MemoryStream();
        content.WriteTo(copy, CancellationToken.None);
        return Encoding.UTF8.GetString(copy.GetBuffer(), 0, (int)copy.Length);
    }

    private static string Body(Response response) => response.ContentStream is MemoryStream ? response.Content.ToString() : "";

    [GeneratedRegex(@"^(?:POST|PUT|PATCH|MERGE|DELETE) http", RegexOptions.Multiline)]
    private static partial Regex Parts();

    [GeneratedRegex(@"^(?:POST|PUT|PATCH|MERGE|DELETE) https?://[^/]+/(?:[^/ ]+/)?([A-Za-z0-9]+)[( ?]", RegexOptions.Multiline)]
    private static partial Regex TableOfPart();

    [GeneratedRegex(@"PartitionKey='([^']*)'|""PartitionKey"":""([^""]*)""")]
    private static partial Regex PartitionOfPart();

    [GeneratedRegex(@"\(PartitionKey='([^']*)',RowKey=")]
    private static partial Regex PartitionOfPath();

    [GeneratedRegex(@"PartitionKey eq '([^']*)'")]
    private static partial Regex PartitionOfFilter();

    [GeneratedRegex("\"PartitionKey\":")]
    private static partial Regex RowOfAnswer();

    [GeneratedRegex(@"^HTTP/1\.1 4(?:09|12)", RegexOptions.Multiline)]
    private static partial Regex ConflictParts();

    private readonly record struct Answer(int Written, int Read, int Conflicts);

    private sealed class Tally
    {
        private long _requests;
        private long _written;
        private long _read;
        private long _conflicts;

        public void Add(Answer answer)
        {
            Interlocked.Increment(ref _requests);
            Interlocked.Add(ref _written, answer.Written);
            Interlocked.Add(ref _read, answer.Read);
            Interlocked.Add(ref _conflicts, answer.Conflicts);
        }

        public ResourceLoad Read(string resource, string partition) =>
            new(resource, partition, Interlocked.Read(ref _requests), Interlocked.Read(ref _written), Interlocked.Read(ref _read), Interlocked.Read(ref _conflicts));
    }
}

/// <param name="Resource">A table, queue or container, as in <c>table sendinglog</c>.</param>
/// <param name="Partition">Of a table; empty for the others.</param>
/// <param name="Requests">An entity group transaction is one.</param>
/// <param name="RowsWritten">Each of a transaction counts.</param>
/// <param name="RowsRead">Point reads, and rows that queries answered with.</param>
/// <param name="Conflicts">Answers 409 and 412, those within a transaction's answer included.</param>
public sealed record ResourceLoad(string Resource, string Partition, long Requests, long RowsWritten, long RowsRead, long Conflicts);
