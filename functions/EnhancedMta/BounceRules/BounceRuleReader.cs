using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using static EnhancedMta.BounceRules.RuleFields;

namespace EnhancedMta.BounceRules;

/// <summary>Reads a rule file (its form is in <c>bounce-rules.schema.json</c>). Strict: a misspelt property would be a rule that does something else.</summary>
internal static partial class BounceRuleReader
{
    public const int MaxFileLength = 4 * 1024 * 1024;
    public const int MaxRules = 10_000;
    private const int MaxFaults = 50;

    // What a decision keeps on its stack, and what the index takes of memory, grow with these.
    private const int MaxPhrases = 100_000;
    private const int MaxGaps = 4_000;
    private const int MaxCharacters = 1_000_000;
    private const int MaxRepetitions = 1_000;

    internal static readonly string[] Known =
        ["id", "provider", "command", "code", "status", "any", "all", "none", "pattern", "class", "type", "reason", "bounceCode", "retry", "samples", "why"];

    /// <param name="file">Its name, for messages.</param>
    /// <param name="json">UTF-8; comments and trailing commas are allowed.</param>
    /// <param name="providers">Names that rules may use.</param>
    /// <exception cref="RuleFaultsException">Any rule is not as it should be.</exception>
    public static IReadOnlyList<BounceRule> Read(string file, ReadOnlyMemory<byte> json, IReadOnlySet<string> providers)
    {
        var faults = new List<string>();
        if (json.Length > MaxFileLength)
            throw new RuleFaultsException(file, [$"has more than {MaxFileLength} octets"]);
        // Editors of Windows begin with a mark of the encoding.
        if (json.Span.StartsWith("\ufeff"u8))
            json = json[3..];
        var lines = RuleLines.Of(json.Span);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 });
            return Read(document.RootElement, lines, providers, faults) is { } rules && faults.Count == 0 ? rules : throw new RuleFaultsException(file, faults);
        }
        catch (JsonException e)
        {
            throw new RuleFaultsException(file, [$"line {e.LineNumber + 1}: is no JSON: {e.Message.Split(" LineNumber")[0]}"]);
        }
    }

    private static List<BounceRule>? Read(JsonElement root, IReadOnlyList<int> lines, IReadOnlySet<string> providers, List<string> faults)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("rules", out var array) || array.ValueKind != JsonValueKind.Array)
        {
            faults.Add("line 1: must be an object with an array \"rules\"");
            return null;
        }
        foreach (var property in root.EnumerateObject().Where(p => p.Name is not ("$schema" or "rules" or "about")))
            faults.Add($"line 1: \"{property.Name}\" is not known; a rule file has \"rules\" and perhaps \"about\"");
        var rules = new List<BounceRule>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var (phrases, gaps, characters) = (0, 0, 0L);
        foreach (var (element, index) in array.EnumerateArray().Select((e, i) => (e, i)))
        {
            var line = index < lines.Count ? lines[index] : 1;
            if (rules.Count == MaxRules || faults.Count >= MaxFaults)
            {
                faults.Add($"line {line}: and more; {MaxRules} rules and {MaxFaults} faults are the most that are read");
                break;
            }
            try
            {
                var rule = ReadRule(element, line, providers);
                if (!ids.Add(rule.Id))
                    throw new FormatException("the id is another rule's already");
                foreach (var phrase in rule.Any.Concat(rule.All).Concat(rule.None).SelectMany(Phrase.Parse))
                {
                    phrases++;
                    gaps += phrase.Parts.Count - 1;
                    characters += phrase.Parts.Sum(part => part.Sum(words => words.Text.Length));
                }
                if (phrases > MaxPhrases || gaps > MaxGaps || characters > MaxCharacters)
                {
                    faults.Add($"line {line}, rule \"{rule.Id}\": with it the phrases of the file become more than {MaxPhrases}, have more than {MaxGaps} gaps, or stand for more than {MaxCharacters} characters");
                    break;
                }
                rules.Add(rule);
            }
            // The second kind: an escape such as \ud800 that stands for no text.
            catch (Exception e) when (e is FormatException or InvalidOperationException)
            {
                faults.Add($"line {line}, rule {Name(element, index)}: {e.Message}");
            }
        }
        return rules;
    }

    private static string Name(JsonElement element, int index) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetRawText() : $"no. {index + 1}";

    private static BounceRule ReadRule(JsonElement element, int line, IReadOnlySet<string> providers)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new FormatException("must be an object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!Known.Contains(property.Name, StringComparer.Ordinal))
                throw new FormatException($"\"{property.Name}\" is not known; known are {string.Join(", ", Known)}");
            if (!names.Add(property.Name))
                throw new FormatException($"\"{property.Name}\" stands there twice");
        }
        var rule = new BounceRule
        {
            Id = Id(Required(element, "id")),
            Line = line,
            Providers = Texts(element, "provider"),
            Commands = [.. Texts(element, "command").Select(Command)],
            Codes = [.. Texts(element, "code").Select(CodePattern.Parse)],
            Statuses = [.. Texts(element, "status").Select(StatusPattern.Parse)],
            Any = Texts(element, "any"),
            All = Texts(element, "all"),
            None = Texts(element, "none"),
            Pattern = Pattern(Optional(element, "pattern")),
            Class = Named<ReplyClass>("class", Required(element, "class")),
            Type = Optional(element, "type") is { } type ? Named<FailureType>("type", type) : null,
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

    private static string Id(string id)
    {
        if (id.Length > 64 || id.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-".AsSpan()))
            throw new FormatException("the id must be 1 to 64 of a-z, 0-9 and -");
        return id;
    }

    private static SmtpCommand Command(string text) => SmtpCommands.TryParse(text, out var command)
        ? command : throw new FormatException($"command \"{text}\" is not known; known are {string.Join(", ", SmtpCommands.Names)}");

    private static Regex? Pattern(string? pattern)
    {
        if (pattern is null)
            return null;
        // Each repetition is a copy in the automaton.
        if (Repetitions().Matches(pattern).Aggregate(1L, (product, bounds) => product > MaxRepetitions ? product : product * Most(bounds)) > MaxRepetitions)
            throw new FormatException($"\"pattern\" repeats by more than {MaxRepetitions} times in all");
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"\"pattern\" cannot be used: {e.Message}");
        }
        catch (NotSupportedException e)
        {
            throw new FormatException($"\"pattern\" cannot be used, because it could be made slow (no look-around, no back references): {e.Message}");
        }
    }

    private static long Most(Match bounds) => bounds.Groups["digits"].Captures.Max(c => c.Length > 6 ? MaxRepetitions + 1 : Math.Max(1, long.Parse(c.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)));

    [GeneratedRegex(@"\{(?<digits>[0-9]+)(,(?<digits>[0-9]+)?)?\}")]
    private static partial Regex Repetitions();

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
