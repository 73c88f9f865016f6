using EnhancedMta.Functions;
using EnhancedMta.LocalHost.Clocks;
using EnhancedMta.LocalHost.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.LocalHost.Commands;

/// <summary>All functions of EnhancedMta.Functions, with their services.</summary>
internal static class FunctionApp
{
    // Longer than what is in mid-message when it comes has to end (BatchRelay), and to be settled.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(25);

    public static FunctionHostOptions Options(IConfiguration configuration) => new()
    {
        Functions = FunctionDescriptor.In(typeof(FunctionAttribute).Assembly),
        Configuration = configuration,
        ConfigureServices = Configure,
        ShutdownGrace = Grace,
    };

    private static void Configure(IServiceCollection services, IConfiguration configuration)
    {
        if (FastClock.Read(configuration) is { } clock)
        {
            services.AddSingleton<TimeProvider>(clock);
            if (configuration["LocalHost:Clock:StepFile"] is { Length: > 0 } file)
                services.AddHostedService(_ => new ClockSteps(clock, file));
        }

        FunctionServices.AddEnhancedMta(services, configuration);
    }
}
