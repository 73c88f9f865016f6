using System.Text.Json;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.UserRules;
using static EnhancedMta.UserRules.RuleFields;

namespace EnhancedMta.BounceRules;

/// <summary>Reads a rule file (its form is in <c>bounce-rules.schema.json</c>). Strict: a misspelt property would be a rule that does something else.</summary>
internal static class BounceRuleReader
{
    public const int MaxRules = 10_000;

    // What a decision keeps on its stack, and what the index takes of memory, grow with these.
    private const int MaxPhrases = 100_000;
    private const int MaxGaps = 4_000;
    private const int MaxCharacters = 1_000_000;

    internal static readonly string[] Known =
        ["id", "provider", "command", "code", "status", "any", "all", "none", "pattern", "class", "type", "reason", "bounceCode", "retry", "samples", "why"];

    /// <param name="file">Its name, for messages.</param>
    /// <param name="json">UTF-8; comments and trailing commas are allowed.</param>
    /// <param name="providers">Names that rules may use.</param>
    /// <exception cref="RuleFaultsException">Any rule is not as it should be.</exception>
    public static IReadOnlyList<BounceRule> Read(string file, ReadOnlyMemory<byte> json, IReadOnlySet<string> providers)
    {
        var (phrases, gaps, characters) = (0, 0, 0L);
        return RuleDocument.Read(file, json, MaxRules, (element, line) => Counted(ReadRule(element, line, providers)), rule => rule.Id, _ =>
            phrases > MaxPhrases || gaps > MaxGaps || characters > MaxCharacters
                ? $"with it the phrases of the file become more than {MaxPhrases}, have more than {MaxGaps} gaps, or stand for more than {MaxCharacters} characters"
                : null);

        BounceRule Counted(BounceRule rule)
        {
            foreach (var phrase in rule.Any.Concat(rule.All).Concat(rule.None).SelectMany(Phrase.Parse))
            {
                phrases++;
                gaps += phrase.Parts.Count - 1;
                characters += phrase.Parts.Sum(part => part.Sum(words => words.Text.Length));
            }
            return rule;
        }
    }

    private static BounceRule ReadRule(JsonElement element, int line, IReadOnlySet<string> providers)
    {
        RuleFields.OnlyKnown(element, Known);
        var rule = new BounceRule
        {
            Id = RuleFields.Id(element),
            Line = line,
            Providers = Texts(element, "provider"),
            Commands = [.. Texts(element, "command").Select(Command)],
            Codes = [.. Texts(element, "code").Select(CodePattern.Parse)],
            Statuses = [.. Texts(element, "status").Select(StatusPattern.Parse)],
            Any = Texts(element, "any"),
            All = Texts(element, "all"),
            None = Texts(element, "none"),
            Pattern = Optional(element, "pattern") is { } pattern ? RulePattern.Read(pattern) : null,
            Class = Named<ReplyClass>("class", Required(element, "class")),
            Type = Optional(element, "type") is { } type ? Type(type) : null,
            Reason = Number(element, "reason") is { } reason ? Defined<CampaignReason>("reason", reason) : null,
            Code = Number(element, "bounceCode") is { } code ? Defined<BounceCode>("bounceCode", code) : null,
            Retry = Flag(element, "retry"),
            Samples = [.. Samples(element)],
        };
        if (rule.Providers.FirstOrDefault(p => !providers.Contains(p)) is { } unknown)
            throw new FormatException($"provider \"{unknown}\" is not known; known are {string.Join(", ", providers.Order(StringComparer.Ordinal))}");
        if (!rule.HasWords && rule.Pattern is null && rule.Statuses.Count == 0 && rule.Codes.Count == 0)
            throw new FormatException("asks for nothing: give one of any, all, pattern, status, code");
        if (rule.Samples.Count == 0)
            throw new FormatException("has no samples: give at least one reply that it is meant for");
        NeverHardForPolicy(rule);
        return rule;
    }

    // A policy, a reputation, a signature or the content says nothing about the address, so its holder must not be quarantined for it.
    private static void NeverHardForPolicy(BounceRule rule)
    {
        var meaning = ClassMeanings.Of(rule.Class);
        var code = rule.Code ?? meaning.Code;
        if ((rule.Type ?? meaning.Type) == FailureType.Hard && code is >= BounceCode.MailBlock and <= BounceCode.RelayingDenied)
            throw new FormatException($"a refusal of code {(int)code} is never Hard: it says nothing about the address");
    }

    private static T Defined<T>(string name, int number) where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), number);
        return Enum.IsDefined(value) ? value : throw new FormatException($"{name} {number} is not known; known are {string.Join(", ", Enum.GetValues<T>().Select(v => Convert.ToInt32(v, null)))}");
    }

    private static SmtpCommand Command(string text) => SmtpCommands.TryParse(text, out var command)
        ? command : throw new FormatException($"command \"{text}\" is not known; known are {string.Join(", ", SmtpCommands.Names)}");

    private static FailureType Type(string text) =>
        Enum.GetNames<FailureType>().Contains(text, StringComparer.Ordinal) ? Enum.Parse<FailureType>(text) : Named<FailureType>("type", text);

    private static IEnumerable<RuleSample> Samples(JsonElement element)
    {
        if (!element.TryGetProperty("samples", out var samples))
            yield break;
        if (samples.ValueKind != JsonValueKind.Array)
            throw new FormatException("\"samples\" must be an array");
        foreach (var sample in samples.EnumerateArray())
        {
            if (sample.ValueKind != JsonValueKind.Object)
            {
                yield return new RuleSample(Text(sample, "samples"), null, SmtpCommand.Unknown);
                continue;
            }
            if (sample.EnumerateObject().Select(p => p.Name).FirstOrDefault(name => name is not ("reply" or "mx" or "command")) is { } unknown)
                throw new FormatException($"\"{unknown}\" is not known in a sample; known are reply, mx, command");
            yield return new RuleSample(Required(sample, "reply"), Optional(sample, "mx"), Optional(sample, "command") is { } command ? Command(command) : SmtpCommand.Unknown);
        }
    }
}
