using System.Collections.Concurrent;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>
/// Counts requests to storage by what they are for, as far as their addresses and bodies tell. In the pipelines only where the setting
/// LocalHost__OperationKinds is true: it reads each transaction.
/// </summary>
internal sealed class OperationKinds : HttpPipelineSynchronousPolicy
{
    private const string Batch = "$batch";
    private static readonly string[] Containers = ["packs", "settings", "bounce-mails", ScheduleMonitor.Container];

    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Requests since the start, retries included.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public override void OnSendingRequest(HttpMessage message)
    {
        // A transaction is read before it leaves: its content is gone afterwards.
        if (IsTransaction(message.Request))
            Add(TransactionOf(Body(message.Request)));
    }

    public override void OnReceivedResponse(HttpMessage message)
    {
        if (!IsTransaction(message.Request))
            Add(KindOf(message.Request, message.Response.Status));
    }

    private void Add(string kind) => _counts.AddOrUpdate(kind, 1, (_, count) => count + 1);

    private static bool IsTransaction(Request request) => request.Uri.Path.EndsWith(Batch, StringComparison.Ordinal);

    private static string KindOf(Request request, int status)
    {
        var segments = Uri.UnescapeDataString(request.Uri.Path).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var failed = status is 404 or 409 or 412 ? $", {status}" : "";
        if (Array.FindIndex(segments, s => s == "messages") is > 0 and var at)
            return $"queue {segments[at - 1]}: {QueueVerb(request)}";
        if (Array.Find(segments, s => Containers.Contains(s, StringComparer.Ordinal)) is { } container)
            return (container == ScheduleMonitor.Container ? $"timer {segments[^2]}: {request.Method}" : $"{container}: {request.Method}") + failed;
        return Row(segments[^1], Uri.UnescapeDataString(request.Uri.Query), request.Method) + failed;
    }

    private static string QueueVerb(Request request) => request.Method.Method switch
    {
        "GET" => request.Uri.Query.Contains("peekonly", StringComparison.Ordinal) ? "look at the head" : "receive",
        "POST" => "send",
        "DELETE" => "delete",
        _ => "put off",
    };

    // sendinglog(PartitionKey='d~3',RowKey='b~…'), or a query of a table.
    private static string Row(string segment, string query, RequestMethod method)
    {
        var table = segment.Split('(')[0];
        var key = After(segment, table == "sendinglog" || table == "paths" && segment.Contains("RowKey='p~", StringComparison.Ordinal) ? "RowKey='" : "PartitionKey='") ?? After(query, "RowKey ge '") ?? After(query, "PartitionKey ge '") ?? After(query, "PartitionKey eq '") ?? "";
        return $"{table} {key}: {(method == RequestMethod.Get && !segment.Contains('\'', StringComparison.Ordinal) ? "query" : method.Method)}";
    }

    // The letters of a key that tell what it is: of c, b~0193…, retry~202611281030, life.
    private static string? After(string text, string mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? null : new string([.. text.AsSpan(at + mark.Length).ToString().TakeWhile(char.IsAsciiLetter)]);
    }

    private static string TransactionOf(string body)
    {
        if (body.Contains("/sendinglog", StringComparison.Ordinal))
        {
            // A batch row that is changed or deleted is a settlement's; one that is only added comes with its messages.
            return body.Contains("RowKey='b~", StringComparison.Ordinal) ? "sendinglog: settle"
                : body.Contains("\"RowKey\":\"b~", StringComparison.Ordinal) ? "sendinglog: accept" : "sendinglog: change";
        }

        var verb = body.Contains("\nDELETE ", StringComparison.Ordinal) ? "remove" : "write";
        foreach (var (mark, kind) in new[] { ("retry~", "schedule retry"), ("guard~", "schedule guard"), ("held~", "schedule held"), ("/paths", "paths with moves"), ("/feed", "feed"), ("/kpis", "kpis"), ("/traffic", "traffic") })
        {
            if (body.Contains(mark, StringComparison.Ordinal))
                return $"{kind}: {verb}";
        }

        return "other transactions";
    }

    private static string Body(Request request)
    {
        using var body = new MemoryStream();
        request.Content!.WriteTo(body, CancellationToken.None);
        return Uri.UnescapeDataString(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length));
    }
}
