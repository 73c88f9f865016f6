using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>One run of a function: its scope of services, its token, its arguments.</summary>
internal sealed class Invocation : FunctionContext, IAsyncDisposable
{
    private readonly FunctionDescriptor _function;
    private readonly CancellationTokenSource _cancellation;
    private readonly AsyncServiceScope _scope;

    /// <summary>The token is cancelled by the caller's, when the host stops, and after the function timeout.</summary>
    public Invocation(FunctionDescriptor function, object trigger, IReadOnlyDictionary<string, object?> bindingData, FunctionRuntime runtime, CancellationToken cancellationToken)
    {
        _function = function;
        Trigger = trigger;
        BindingContext = new Bindings(bindingData);
        FunctionDefinition = new Definition(function.Name);
        _scope = runtime.Services.CreateAsyncScope();
        InstanceServices = _scope.ServiceProvider;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, runtime.Stopping);
        if (runtime.Timeout is { } timeout) _cancellation.CancelAfter(timeout);
    }

    /// <summary>HttpRequest, QueueMessage or TimerInfo.</summary>
    public object Trigger { get; }

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => _function.Name;

    public override BindingContext BindingContext { get; }

    public override IServiceProvider InstanceServices { get; set; }

    public override FunctionDefinition FunctionDefinition { get; }

    public override CancellationToken CancellationToken => _cancellation.Token;

    /// <summary>Runs the function once; gives what an HTTP function returned. Its exceptions come through as they are.</summary>
    public async Task<IResult?> RunAsync()
    {
        var arguments = _function.Bind(this);
        var instance = _function.Method.IsStatic ? null : ActivatorUtilities.CreateInstance(InstanceServices, _function.Method.DeclaringType!);
        try
        {
            var running = (Task)_function.Method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
            await running;
            return (running as Task<IResult>)?.Result;
        }
        finally
        {
            if (instance is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
            else (instance as IDisposable)?.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        _cancellation.Dispose();
    }

    private sealed class Bindings(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class Definition(string name) : FunctionDefinition
    {
        public override string Id => name;

        public override string Name => name;
    }
}
