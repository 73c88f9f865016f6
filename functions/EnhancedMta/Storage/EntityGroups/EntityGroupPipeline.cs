using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace EnhancedMta.Storage.EntityGroups;

/// <summary>Sends transactions as the SDK does: its retries, its policies in their places, its ways to say who asks.</summary>
internal sealed class EntityGroupPipeline
{
    // Of the tables' SDK, for Azure's public cloud.
    private const string Scope = "https://storage.azure.com/.default";

    private const string Version = "2020-12-06";

    private readonly HttpPipeline _pipeline;

    private EntityGroupPipeline(TableClientOptions options, HttpPipelinePolicy access) =>
        // The classifier is what decides that a failure is tried again, and the parser what an exception says.
        _pipeline = HttpPipelineBuilder.Build(new HttpPipelineOptions(options)
        {
            PerRetryPolicies = { access },
            ResponseClassifier = new ResponseClassifier(),
            RequestFailedDetailsParser = new TableErrorParser(),
        });

    /// <returns>Null where the connection string holds no account key but a shared access signature: the SDK's own transactions know what to do with it.</returns>
    public static EntityGroupPipeline? Of(string connectionString, TableClientOptions options) =>
        SharedKeyLite.Of(connectionString) is { } access ? new EntityGroupPipeline(options, access) : null;

    public static EntityGroupPipeline Of(TokenCredential credential, TableClientOptions options) => new(options, new BearerTokenAuthenticationPolicy(credential, Scope));

    /// <returns>The answer to a change set that was taken; its parts may say otherwise. And whether it was sent once only: who had to send it again may be refused for what the first did.</returns>
    /// <exception cref="RequestFailedException">The request was refused as a whole, or not answered.</exception>
    public async Task<(Response Response, bool IsFirst)> SendAsync(EntityGroupAddress address, EntityGroupBody body, CancellationToken cancellationToken)
    {
        // Not disposed, as the SDK does not: its answer is in memory, and is read by the caller.
        var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = RequestMethod.Post;
        request.Uri.Reset(address.Batch);
        request.Headers.Add("x-ms-version", Version);
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.Add(HttpHeader.Names.Accept, "application/json");
        request.Headers.Add(HttpHeader.Names.ContentType, body.ContentType);
        request.Content = body.Content();
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return message.Response.Status == 202 ? (message.Response, message.ProcessingContext.RetryNumber == 0) : throw new RequestFailedException(message.Response);
    }
}
