using System.Collections.Concurrent;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>What a provider remembers, for all of its connections.</summary>
internal sealed class PersonaState(Persona persona, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Tries> _tries = new(StringComparer.OrdinalIgnoreCase);
    private readonly ThrottleGate? _gate = persona.Throttle is null ? null : new(persona.Throttle, clock);

    public Persona Persona => persona;

    /// <summary>421 when the provider takes no sessions now.</summary>
    public SinkReply? RefuseSession() => _gate?.Refusal() is { Code: 421 } reply ? reply : null;

    /// <summary>Called once for each try of a recipient, at RCPT.</summary>
    public SinkReply? RefuseRecipient(string recipient)
    {
        if (_gate?.Refusal() is { Code: not 421 } reply) return reply;
        return persona.RuleFor(recipient) is { AfterData: false } rule ? Refuse(recipient, rule) : null;
    }

    /// <summary>Called once for each message and recipient, at the end of the data.</summary>
    public SinkReply? RefuseMessage(string recipient) =>
        persona.RuleFor(recipient) is { AfterData: true } rule ? Refuse(recipient, rule) : null;

    public void Took() => _gate?.Took();

    private SinkReply? Refuse(string recipient, RecipientRule rule)
    {
        if (rule.Tries == RecipientRule.ForEver) return rule.Reply;
        var now = clock.GetUtcNow();
        var tries = _tries.AddOrUpdate(recipient, new Tries(1, now), (_, before) => before with { Count = before.Count + 1 });
        return tries.Count <= rule.Tries || now < tries.First + rule.Wait ? rule.Reply : null;
    }

    private readonly record struct Tries(int Count, DateTimeOffset First);
}
