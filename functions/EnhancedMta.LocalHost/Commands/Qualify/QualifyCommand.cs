using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EnhancedMta.BounceRules;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>Qualifies recorded replies and bounce mails, and tries rules on them before they hold.</summary>
internal static class QualifyCommand
{
    public const string Usage = """
        qualify                    read JSON lines {id, reply, command?, mx?}, write {id, type, reason, code, class, rule, normalized, …}
          qualify --mail FILE…       read bounce mails, write a line for each recipient
          qualify --rules FILE       the same with a user's rules before ours: tell what would change
          qualify --check            prove that each rule decides its own samples
        """;

    internal static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // For people's terminals and for programs, not for web pages.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>The exit code: 0, 1 when a line, a mail or the rules could not be read, 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--check"])
        {
            var faults = RuleFile.Check(RuleFile.BuiltIn).ToList();
            faults.ForEach(Console.Error.WriteLine);
            Console.WriteLine($"{RuleFile.BuiltIn.Count} rules, {faults.Count} faults");
            return faults.Count == 0 ? 0 : 1;
        }
        if (arguments.Length > 0)
        {
            await Console.Error.WriteLineAsync($"qualify: cannot use '{string.Join(' ', arguments)}'. Usage: {Usage}");
            return 2;
        }
        using var stop = new StopSignal();
        await using var output = new StreamWriter(Console.OpenStandardOutput());
        using var input = new StreamReader(Console.OpenStandardInput());
        return await QualifyReplies.RunAsync(input, output, Console.Error, RuleFile.BuiltIn, stop.Token) == 0 ? 0 : 1;
    }
}
