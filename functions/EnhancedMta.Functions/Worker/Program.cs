using EnhancedMta.Functions;
using EnhancedMta.Functions.Worker;
using EnhancedMta.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// The isolated worker's entry point: compiled only with -p:AzureFunctionsWorker=true.
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<AccessMiddleware>();
// Kestrel's own limit is below the host's: a relay request of 30 MB would be refused by the worker.
builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = RequestLimits.MaxBody);
// ASP.NET Core logs whole addresses at Information, and with them the keys in ?code=.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
// The worker's own spans, in the host's traces; with host.json's telemetryMode. What the app measures is among its services.
builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults();
FunctionServices.AddEnhancedMta(builder.Services, builder.Configuration);
builder.Build().Run();
