using EnhancedMta.LocalHost.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.IntegrationTests.Hosting;

/// <summary>Hosts for some function classes of this assembly, on a storage account of the test's own.</summary>
internal static class TestHost
{
    public static readonly FunctionKeys Keys = new("function-key", "master-key");

    /// <summary>Short waits; services are singletons that the functions take.</summary>
    public static FunctionHostOptions Options(string connection, IEnumerable<Type> classes, TestLog log, params object[] services) =>
        Options(connection, classes, log, [], services);

    public static FunctionHostOptions Options(
        string connection, IEnumerable<Type> classes, TestLog log, Dictionary<string, string?> settings, params object[] services) => new()
        {
            Functions = FunctionDescriptor.Of(classes),
            Configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["AzureWebJobsStorage"] = connection,
                    ["AzureFunctionsJobHost:extensions:queues:visibilityTimeout"] = "00:00:00",
                    ["AzureFunctionsJobHost:extensions:queues:maxPollingInterval"] = "00:00:00.2",
                })
                .AddInMemoryCollection(settings)
                .Build(),
            ConfigureServices = (collection, _) =>
            {
                foreach (var service in services) collection.AddSingleton(service is TimeProvider ? typeof(TimeProvider) : service.GetType(), service);
            },
            ConfigureLogging = logging => logging.AddProvider(log.NewProvider()),
            Keys = Keys,
        };
}
