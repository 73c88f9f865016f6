using EnhancedMta.BounceRules;
using EnhancedMta.UserRules;
using Spectre.Console;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>Qualifies recorded replies and bounce mails, and tries rules on them before they hold.</summary>
internal static class QualifyCommand
{
    public const string Usage = """
        qualify                    read JSON lines {id, reply, command?, mx?}, write {id, type, reason, code, class, rule, normalized, …}
          qualify --mail FILE…       read bounce mails, write a line for each recipient
          qualify --rules FILE       the same with a user's rules before ours: tell what would change; --json for programs
          qualify --check            prove that each rule decides its own samples; with --rules FILE, a user's
        """;

    /// <returns>The exit code: 0, 1 when a line, a mail or the rules could not be read, 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        QualifyOptions options;
        try
        {
            options = QualifyOptions.Parse(arguments);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"qualify: {e.Message}. Usage: {Usage}");
            return 2;
        }
        using var stop = new StopSignal();
        try
        {
            var tried = options.Rules is { } file ? await ReadRulesAsync(file, stop.Token) : null;
            if (options.Check)
                return Check(tried);
            return await QualifyAsync(options, tried, stop.Token) == 0 ? 0 : 1;
        }
        catch (RuleFaultsException e)
        {
            foreach (var fault in e.Faults)
                await Console.Error.WriteLineAsync($"{options.Rules}: {fault}");
            return 1;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task<int> QualifyAsync(QualifyOptions options, BounceRuleSet? tried, CancellationToken cancellationToken)
    {
        using var progress = new Progress(Console.Error, !Console.IsErrorRedirected && (Console.IsOutputRedirected || tried is not null), options.Mails is null ? "replies" : "mails", TimeProvider.System);
        using var input = new StreamReader(Console.OpenStandardInput());
        await using var stream = Console.OpenStandardOutput();
        await using var output = new JsonLines(stream, eachLine: !Console.IsOutputRedirected || !Console.IsInputRedirected);
        if (tried is null)
        {
            return options.Mails is null
                ? await QualifiedReplies.WriteAsync(input, output, progress, RuleFile.BuiltIn, cancellationToken)
                : await QualifiedMails.WriteAsync(options.Mails, output, progress, RuleFile.BuiltIn, OwnMail.Load(), cancellationToken);
        }

        IRuleChanges changes = options.Json ? new RuleChangeLines(output) : new RuleChangeTable(WideConsole());
        var faults = options.Mails is null
            ? await QualifiedReplies.CompareAsync(input, changes, progress, tried, cancellationToken)
            : await QualifiedMails.CompareAsync(options.Mails, changes, progress, tried, cancellationToken);
        progress.Dispose();
        await changes.EndAsync(tried.Version, faults, cancellationToken);
        return faults;
    }

    // A file has no width of its own; 80 columns would break each sample.
    private static IAnsiConsole WideConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
            console.Profile.Width = 200;
        return console;
    }

    private static async Task<BounceRuleSet> ReadRulesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).Length > RuleFile.MaxLength)
                throw new RuleFaultsException(path, [$"has more than {RuleFile.MaxLength} octets"]);
            return RuleFile.WithUserRules(path, await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuleFaultsException(path, [$"cannot be read: {e.Message}"]);
        }
    }

    // A user's rules were proved when they were read; what they take from ours is theirs to know.
    private static int Check(BounceRuleSet? tried)
    {
        var faults = RuleFile.Check(tried ?? RuleFile.BuiltIn).ToList();
        faults.ForEach(tried is null ? Console.Error.WriteLine : Console.WriteLine);
        Console.WriteLine(tried is null
            ? $"{RuleFile.BuiltIn.Count} rules, {faults.Count} faults"
            : $"{tried.UserCount} rules before {tried.Count - tried.UserCount} of ours, 0 faults; {faults.Count} samples of ours are decided by yours");
        return tried is null && faults.Count > 0 ? 1 : 0;
    }
}
