using EnhancedMta.Benchmarks.Chaos;
using EnhancedMta.Benchmarks.Costs;
using EnhancedMta.Benchmarks.Fuzz;
using EnhancedMta.Benchmarks.Growth;
using EnhancedMta.Benchmarks.Latency;
using EnhancedMta.Benchmarks.Limits;
using EnhancedMta.Benchmarks.Overload;
using EnhancedMta.Benchmarks.Qualify;
using EnhancedMta.Benchmarks.Relay;
using EnhancedMta.Benchmarks.Scale;
using EnhancedMta.Benchmarks.Screens;
using EnhancedMta.Benchmarks.Sign;
using EnhancedMta.Benchmarks.Simulate;
using EnhancedMta.Benchmarks.Soak;

return args switch
{
    ["--help" or "-h" or "help", ..] or [_, "--help" or "-h", ..] => Explain(Console.Out, 0),
    ["relay", .. var rest] => await RelayCommand.RunAsync(rest),
    ["qualify", .. var rest] => QualifyCommand.Run(rest),
    ["simulate", .. var rest] => SimulateCommand.Run(rest),
    ["sign", .. var rest] => SignCommand.Run(rest),
    ["screens", .. var rest] => await ScreensCommand.RunAsync(rest),
    ["costs", .. var rest] => CostsCommand.Run(rest),
    ["limits", .. var rest] => await LimitsCommand.RunAsync(rest),
    ["latency", .. var rest] => await LatencyCommand.RunAsync(rest),
    ["scale", .. var rest] => await ScaleCommand.RunAsync(rest),
    ["growth", .. var rest] => await GrowthCommand.RunAsync(rest),
    ["chaos", .. var rest] => await ChaosCommand.RunAsync(rest),
    ["fuzz", .. var rest] => await FuzzCommand.RunAsync(rest),
    ["overload", .. var rest] => await OverloadCommand.RunAsync(rest),
    ["soak", .. var rest] => await SoakCommand.RunAsync(rest),
    _ => Explain(Console.Error, 2),
};

static int Explain(TextWriter output, int exitCode)
{
    output.WriteLine($"""
        Measures EnhancedMta on this machine. Build it with -c Release.

          {RelayOptions.Usage}
              accept by HTTP, sign, store, log and deliver to Postfix's smtp-sink, all on this machine;
              with --peer postfix, Postfix and OpenDKIM then do the same work.

          {LimitsOptions.Usage}
              several local hosts on one storage account send to a sink that counts; ends with 1 when a limit was not held or mail was lost.

          {LatencyOptions.Usage}
              single transactional messages, from request to the sink's end of data: alone, and while a marketing delivery runs; ends with 1 when it takes too long.

          {ScaleOptions.Usage}
              several local hosts on one Azurite; what they ask of storage held against Azure's limits, for one account and for several.

          {GrowthOptions.Usage}
              the same work with ever more messages in the log and in the schedule; ends with 1 when it asks more of storage.

          {ChaosOptions.Usage}
              processes, storage, recipients' servers and the DNS fail while mail flows; ends with 1 when an invariant did not hold.

          {FuzzOptions.Usage}
              damaged input for all that reads what strangers write; ends with 1 when a reader failed, hung or swelled.

          {OverloadOptions.Usage}
              many times what can be relayed is offered; ends with 1 when something that was accepted is lost or comes twice.

          {SoakOptions.Usage}
              a steady load for long; ends with 1 when memory, handles, connections or rows grow that should not.

          {ScreensCommand.Usage}

          {QualifyCommand.Usage}
              qualify replies like the samples of all rules, on one core.

          {SimulateCommand.Usage}
              how adaptation does against providers with hidden limits, under a virtual clock; ends with 1 when it does not hold its bounds.

          {CostsCommand.Usage}
              what a month on Azure costs, from what was measured and the prices of infra/costs; --update writes infra/README.md.

          {SignCommand.Usage}
              sign letters of 10 KB and 60 KB with RSA-2048, Ed25519 and both, on one core, beside bare signatures.
        """);
    return exitCode;
}
