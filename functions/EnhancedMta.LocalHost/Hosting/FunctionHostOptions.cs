using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>What a <see cref="FunctionHost"/> runs, and how.</summary>
public sealed record FunctionHostOptions
{
    /// <summary><see cref="FunctionDescriptor.In"/> an assembly, or <see cref="FunctionDescriptor.Of"/> some classes.</summary>
    public required IReadOnlyList<FunctionDescriptor> Functions { get; init; }

    /// <summary>The app settings. AzureWebJobsStorage is a connection string; AzureWebJobs.{function}.Disabled switches a trigger off.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>Registers the app's services. They may replace <see cref="TimeProvider"/> (timers follow it) and <see cref="Random"/>.</summary>
    public Action<IServiceCollection, IConfiguration> ConfigureServices { get; init; } = (_, _) => { };

    public FunctionKeys Keys { get; init; } = FunctionKeys.Generate();

    /// <summary>On the loopback interface; 0 lets the system choose.</summary>
    public int Port { get; init; }

    /// <summary>Origins whose pages may call the API, or * for all.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>
    /// How long a message stays hidden without renewal, half a minute where Azure has ten: a local host is killed often,
    /// and what it held should be back soon.
    /// </summary>
    public TimeSpan MessageInvisible { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping host waits for its invocations.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Replaces the log on the console.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }

    /// <summary>Changes the options of the clients that read trigger queues.</summary>
    public Action<QueueClientOptions>? ConfigureQueueClients { get; init; }
}
