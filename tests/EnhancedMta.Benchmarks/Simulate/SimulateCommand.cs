namespace EnhancedMta.Benchmarks.Simulate;

internal static class SimulateCommand
{
    public const string Usage = "simulate [--seed S] [--seeds N] [--json] [--plots DIR]";
    public static int Run(IReadOnlyList<string> arguments)
    {
        var seed = arguments.Count > 0 ? int.Parse(arguments[0]) : 1;
        foreach (var scenario in Scenarios.All)
        {
            if (arguments.Count > 1 && scenario.Name != arguments[1]) continue;
            foreach (var name in new[] { "knows", "high", "binary", "adaptive-high", "adaptive-right" })
            {
                var began = System.Diagnostics.Stopwatch.GetTimestamp();
                var setting = scenario.Draw(new Random(seed));
                var provider = new Provider(setting, new Random(seed + 1));
                var random = new Random(seed + 2);
                Policy policy = name switch
                {
                    "knows" => new KnowingPolicy(setting, provider, random),
                    "high" => new FixedPolicy(setting.TooHigh, random),
                    "binary" => new BinaryPolicy(setting.TooHigh, random),
                    "adaptive-high" => new AdaptivePolicy(setting.TooHigh, random),
                    _ => new AdaptivePolicy(setting.AboutRight, random),
                };
                var run = new Sender(setting, provider, policy, new Random(seed + 3)).Run();
                Console.WriteLine($"{scenario.Name,-14} {name,-15} n={run.Messages,7} delivered={run.DeliveredInTime,7} attempts={run.Attempts,7} objections={run.Objections,7} blocks={run.Blocks,6} exp={run.Expired} fail={run.Failed} last={run.LastDelivery.TotalHours:F1}h rec={run.Recovery?.TotalHours:F1} rep={provider.Reputation:F2} moves={run.Moves.Count} {System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds:F1}s");
                if (arguments.Count > 2 && name == arguments[2])
                    foreach (var m in run.Moves)
                        Console.WriteLine($"   {(m.At - Sender.Start).TotalHours,6:F2} {m.From}->{m.To} {m.Cause} {m.By} rate {m.MessagesPerHour?.From}->{m.MessagesPerHour?.To} conn {m.Connections?.From}->{m.Connections?.To} until {(m.Until - Sender.Start)?.TotalHours:F2}");
            }
        }
        return 0;
    }
}
