using EnhancedMta.Functions;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Commands;

/// <summary>All functions of EnhancedMta.Functions, with their services.</summary>
internal static class FunctionApp
{
    public static FunctionHostOptions Options(IConfiguration configuration) => new()
    {
        Functions = FunctionDescriptor.In(typeof(FunctionAttribute).Assembly),
        Configuration = configuration,
        ConfigureServices = FunctionServices.AddEnhancedMta,
    };
}
