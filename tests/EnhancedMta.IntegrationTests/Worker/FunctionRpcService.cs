using System.Collections.Concurrent;
using System.Threading.Channels;
using EnhancedMta.IntegrationTests.Worker.Rpc;
using Grpc.Core;

namespace EnhancedMta.IntegrationTests.Worker;

/// <summary>The host's end of the stream on which a worker is told what to do.</summary>
internal sealed class FunctionRpcService : FunctionRpc.FunctionRpcBase
{
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _awaited = new(StringComparer.Ordinal);

    /// <summary>What the worker logged through the host, newest last.</summary>
    public ConcurrentQueue<RpcLog> Logs { get; } = new();

    /// <summary>The worker has called.</summary>
    public Task Started => Awaited(nameof(StartStream)).Task;

    public void Send(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Sends, and waits for what comes back for <paramref name="key"/>.</summary>
    /// <param name="message">What to send.</param>
    /// <param name="key">As <see cref="KeyOf"/> makes of the answer.</param>
    public Task<StreamingMessage> AskAsync(StreamingMessage message, string key)
    {
        var answer = Awaited(key).Task;
        Send(message);
        return answer;
    }

    public override async Task EventStream(IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        var writing = WriteAsync(responseStream, context.CancellationToken);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                if (message.ContentCase == StreamingMessage.ContentOneofCase.RpcLog)
                    Logs.Enqueue(message.RpcLog);
                else
                    Awaited(KeyOf(message)).TrySetResult(message);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The worker's process has ended.
        }
        finally
        {
            _outgoing.Writer.TryComplete();
            await writing;
        }
    }

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> stream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
                await stream.WriteAsync(message, cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Nobody reads any more.
        }
    }

    private static string KeyOf(StreamingMessage message) => message.ContentCase switch
    {
        StreamingMessage.ContentOneofCase.FunctionLoadResponse => message.FunctionLoadResponse.FunctionId,
        StreamingMessage.ContentOneofCase.InvocationResponse => message.InvocationResponse.InvocationId,
        var other => other.ToString(),
    };

    private TaskCompletionSource<StreamingMessage> Awaited(string key) => _awaited.GetOrAdd(key, _ => new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously));
}
