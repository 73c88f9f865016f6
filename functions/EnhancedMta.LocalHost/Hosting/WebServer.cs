using System.Net;
using Azure.Core.Pipeline;
using EnhancedMta.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Kestrel on loopback with the app's services, and nothing read from outside the given settings.</summary>
internal static class WebServer
{
    public static WebApplication Build(FunctionHostOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddConfiguration(options.Configuration);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.MaxBody;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        (options.ConfigureLogging ?? LogToConsole)(builder.Logging);
        // ASP.NET Core logs whole addresses at Information, and with them the keys in ?code=.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        var services = builder.Services;
        services.AddRouting();
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. options.CorsOrigins]).AllowAnyHeader().AllowAnyMethod()));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownGrace);
        // Several hosts may live in one process, a test's for example: signals are its own affair.
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.AddSingleton<QueueSignal>();
        // Taken by the pipeline's storage clients, as every policy among the services.
        services.AddSingleton<HttpPipelinePolicy, QueueSignalPolicy>();
        if (HostStatus.CountsKinds(options.Configuration))
        {
            services.AddSingleton<OperationKinds>();
            services.AddSingleton<HttpPipelinePolicy>(s => s.GetRequiredService<OperationKinds>());
        }

        if (options.Configuration["LocalHost:CountStorage"] is "true")
        {
            services.AddSingleton<StorageLoad>();
            services.AddSingleton<HttpPipelinePolicy>(s => s.GetRequiredService<StorageLoad>());
        }

        options.ConfigureServices(services, options.Configuration);
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddPrometheusExporter());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        return builder.Build();
    }

    private static void LogToConsole(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        })
        .AddFilter("Microsoft", LogLevel.Warning);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
