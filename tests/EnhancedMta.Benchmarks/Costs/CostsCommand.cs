using System.Text.Json;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Benchmarks.Costs;

/// <summary>What running it on Azure costs, from what was measured and from prices that stand in a file.</summary>
internal static class CostsCommand
{
    public const string Usage = "costs [--json | --update]";

    public static int Run(string[] args)
    {
        var data = CostData.Load();
        switch (args)
        {
            case []:
                Console.WriteLine(CostTable.Of(data));
                Console.WriteLine($"Prices as of {data.Prices.AsOf:O}. {data.Prices.Source}");
                return 0;
            case ["--update"]:
                var readme = Path.Combine(RepositoryRoot.Find(), "infra", "README.md");
                File.WriteAllText(readme, CostTable.Put(File.ReadAllText(readme), CostTable.Of(data)));
                return 0;
            case ["--json"]:
                Console.WriteLine(JsonSerializer.Serialize(data.Workload.Volumes.Select(volume => MonthlyCost.Of(data, volume)).Select(month => new
                {
                    month.Messages,
                    month.Total,
                    month.PerThousand,
                    month.GBSeconds,
                    month.StorageOperations,
                    Lines = month.Lines.ToDictionary(line => line.What, line => line.Cost),
                }), JsonSerializerOptions.Web));
                return 0;
            default:
                Console.Error.WriteLine($"Usage: {Usage}");
                return 2;
        }
    }
}
