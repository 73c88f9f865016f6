using System.Text;
using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Benchmarks.Chaos.StorageFaults;

/// <summary>Answers that the proxy gives in storage's name, in storage's form.</summary>
internal static class StorageAnswers
{
    public static Task ErrorAsync(HttpContext context, StorageService service) =>
        WriteAsync(context, service, 500, service == StorageService.Table ? "InternalError" : "OperationTimedOut", "The operation could not be completed within the permitted time.");

    public static Task BusyAsync(HttpContext context, StorageService service) =>
        WriteAsync(context, service, 503, "ServerBusy", "The server is busy.");

    public static Task PreconditionFailedAsync(HttpContext context, StorageRequest request) => request.IsTransaction
        ? TransactionFailedAsync(context)
        : WriteAsync(context, request.Service, 412, request.Service == StorageService.Table ? "UpdateConditionNotSatisfied" : "ConditionNotMet", "The update condition specified in the request was not satisfied.");

    private static Task WriteAsync(HttpContext context, StorageService service, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
        if (service != StorageService.Table)
        {
            context.Response.ContentType = "application/xml";
            return context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
        }

        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(Json(code, message));
    }

    // A transaction that fails is answered by 202, and the first operation's answer inside says why.
    private static Task TransactionFailedAsync(HttpContext context)
    {
        const string Batch = "batchresponse_chaos";
        const string ChangeSet = "changesetresponse_chaos";
        var body = Json("UpdateConditionNotSatisfied", "0:The update condition specified in the request was not satisfied.");
        var lines = new StringBuilder()
            .Append("--").Append(Batch).Append("\r\nContent-Type: multipart/mixed; boundary=").Append(ChangeSet).Append("\r\n\r\n")
            .Append("--").Append(ChangeSet).Append("\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n")
            .Append("HTTP/1.1 412 Precondition Failed\r\nX-Content-Type-Options: nosniff\r\nDataServiceVersion: 3.0;\r\nContent-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8\r\n\r\n")
            .Append(body).Append("\r\n--").Append(ChangeSet).Append("--\r\n--").Append(Batch).Append("--\r\n");
        context.Response.StatusCode = 202;
        context.Response.ContentType = $"multipart/mixed; boundary={Batch}";
        return context.Response.WriteAsync(lines.ToString());
    }

    private static string Json(string code, string message) =>
        $$"""{"odata.error":{"code":"{{code}}","message":{"lang":"en-US","value":"{{message}}"} } }""";
}
