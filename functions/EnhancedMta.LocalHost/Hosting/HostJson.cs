using System.Globalization;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>host.json, with the Functions host's defaults for what it does not say.</summary>
/// <param name="RoutePrefix">First segment of every HTTP function's address; empty for none.</param>
/// <param name="FunctionTimeout">After it an invocation's token is cancelled; null for never.</param>
/// <param name="Queues">How queues are polled, retried and decoded.</param>
public sealed record HostJson(string RoutePrefix, TimeSpan? FunctionTimeout, QueueSettings Queues)
{
    /// <summary>
    /// What the Functions host finds by polling, each process here is woken for (<see cref="QueueSignal"/>). It polls for what another process of this machine
    /// has put there, and for what becomes visible; Azurite and its clients share the machine with all else.
    /// </summary>
    private static readonly TimeSpan LocalPolling = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Reads the file that the function app's build puts beside the program. A setting overrides an entry:
    /// AzureFunctionsJobHost__extensions__queues__batchSize, and so on. Only how often queues are polled is a matter of this host, unless a setting says it.
    /// </summary>
    /// <exception cref="FormatException">An entry is out of its range.</exception>
    public static HostJson Read(IConfiguration settings)
    {
        var json = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json"), optional: false)
            .AddInMemoryCollection([KeyValuePair.Create("extensions:queues:maxPollingInterval", (string?)LocalPolling.ToString())])
            .AddConfiguration(settings.GetSection("AzureFunctionsJobHost"))
            .Build();
        var queues = json.GetSection("extensions:queues");
        var batchSize = Number(queues, "batchSize", 16, max: 32);
        return new(
            (json["extensions:http:routePrefix"] ?? "api").Trim('/'),
            Duration(json, "functionTimeout") is { } timeout && timeout > TimeSpan.Zero ? timeout : null,
            new()
            {
                BatchSize = batchSize,
                NewBatchThreshold = Number(queues, "newBatchThreshold", batchSize / 2 * Environment.ProcessorCount, min: 0),
                MaxDequeueCount = Number(queues, "maxDequeueCount", 5),
                VisibilityTimeout = Duration(queues, "visibilityTimeout") ?? TimeSpan.Zero,
                MaxPollingInterval = Duration(queues, "maxPollingInterval") ?? TimeSpan.FromMinutes(1),
                MessageEncoding = Enum.Parse<QueueMessageEncoding>(queues["messageEncoding"] ?? "base64", ignoreCase: true),
            });
    }

    private static int Number(IConfiguration section, string name, int otherwise, int min = 1, int max = int.MaxValue)
    {
        if (section[name] is not { } text) return otherwise;
        return int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException($"host.json: {name} is '{text}', not a number of at least {min}{(max < int.MaxValue ? $" and at most {max}" : "")}.");
    }

    private static TimeSpan? Duration(IConfiguration section, string name)
    {
        if (section[name] is not { } text) return null;
        // The Functions host takes "-1" for a time without limit.
        if (text == "-1") return TimeSpan.Zero;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration)
            ? duration
            : throw new FormatException($"host.json: {name} is '{text}', not a time like 00:00:30.");
    }
}
