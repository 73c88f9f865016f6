using EnhancedMta.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// The isolated worker's entry point: compiled only with -p:AzureFunctionsWorker=true.
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
// ASP.NET Core logs whole addresses at Information, and with them the keys in ?code=.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
FunctionServices.AddEnhancedMta(builder.Services, builder.Configuration);
builder.Build().Run();
