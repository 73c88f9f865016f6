using EnhancedMta.LocalHost.Commands;
using EnhancedMta.LocalHost.Commands.Qualify;

return args switch
{
    ["--help" or "-h" or "help", ..] or [_, "--help" or "-h", ..] => Explain(Console.Out, 0),
    [] or ["--port", ..] => await RunCommand.RunAsync(args),
    ["run", .. var rest] => await RunCommand.RunAsync(rest),
    ["demo", .. var rest] => await DemoCommand.RunAsync(rest),
    ["erase", .. var rest] => await EraseCommand.RunAsync(rest, Console.In),
    ["qualify", .. var rest] => await QualifyCommand.RunAsync(rest),
    _ => Explain(Console.Error, 2),
};

static int Explain(TextWriter output, int exitCode)
{
    output.WriteLine($"""
        Runs EnhancedMta's functions on this machine.

          {RunCommand.Usage}
          {DemoCommand.Usage}
          {QualifyCommand.Usage}
          {EraseCommand.Usage}
        """);
    return exitCode;
}
