using EnhancedMta.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.Functions;

/// <summary>What the function classes are given: the same in the Functions worker and in the local host.</summary>
public static class FunctionServices
{
    public static void AddEnhancedMta(IServiceCollection services, IConfiguration configuration)
    {
        services.AddPipeline(configuration);
        TelemetryExport.Add(services, configuration);
    }
}
