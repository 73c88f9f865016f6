using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using EnhancedMta.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EnhancedMta.Functions;

/// <summary>Where metrics and traces go: to Azure Monitor, to an OTLP collector, or both; where the settings name neither, nothing is measured.</summary>
internal static class TelemetryExport
{
    // The names that Azure and OpenTelemetry gave them.
    private const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Sampler = "OTEL_TRACES_SAMPLER";

    /// <summary>Of the batches, where <see cref="Sampler"/> says nothing: a batch is 96 messages, so one in a hundred shows enough.</summary>
    private const double SampledRatio = 0.01;

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var connection = configuration[ApplicationInsights] is { Length: > 0 } given ? given : null;
        var hasOtlp = configuration[Otlp] is { Length: > 0 };
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("EnhancedMta"));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Instruments.Name);
            if (connection is not null)
                metrics.AddAzureMonitorMetricExporter(Configure);
            if (hasOtlp)
                metrics.AddOtlpExporter();
        });
        if (connection is null && !hasOtlp)
            return;
        telemetry.WithTracing(traces =>
        {
            traces.AddSource(Instruments.Name);
            // Whoever relays decides; where nobody did, the batch does.
            if (configuration[Sampler] is not { Length: > 0 })
                traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(SampledRatio)));
            if (connection is not null)
                traces.AddAzureMonitorTraceExporter(Configure);
            if (hasOtlp)
                traces.AddOtlpExporter();
        });

        void Configure(AzureMonitorExporterOptions options)
        {
            options.ConnectionString = connection;
            // A component that takes no keys: the app signs in as itself (AZURE_CLIENT_ID says as which identity).
            if (configuration[Authentication] is { Length: > 0 })
                options.Credential = new DefaultAzureCredential();
        }
    }
}
