using System.Collections.Concurrent;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>What the sink saw: every message that it took, and how often it said no.</summary>
public sealed class SinkLedger
{
    private readonly ConcurrentDictionary<string, int> _messages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RecipientCounts> _recipients = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, PersonaCounts> _personas = new(StringComparer.Ordinal);

    /// <summary>How often each message was taken, by its Message-ID field's value. Those without one are under "".</summary>
    public IReadOnlyDictionary<string, int> Messages => _messages;

    /// <summary>By envelope recipient.</summary>
    public IReadOnlyDictionary<string, RecipientCounts> Recipients => _recipients;

    /// <summary>By the persona's name.</summary>
    public IReadOnlyDictionary<string, PersonaCounts> Personas => _personas;

    /// <summary>Holds what a sender says that it delivered against what arrived.</summary>
    /// <param name="expected">Message-ID values, each once.</param>
    public SinkComparison Compare(IEnumerable<string> expected)
    {
        var ids = expected.ToHashSet(StringComparer.Ordinal);
        return new(
            [.. ids.Where(id => !_messages.ContainsKey(id))],
            [.. _messages.Where(message => message.Value > 1).Select(message => message.Key)],
            [.. _messages.Keys.Where(id => !ids.Contains(id))]);
    }

    internal void Accepted(Persona persona, SinkMail mail, IReadOnlyList<string> recipients)
    {
        _messages.AddOrUpdate(mail.MessageId ?? "", 1, (_, count) => count + 1);
        foreach (var recipient in recipients)
            Change(recipient, counts => counts with { Accepted = counts.Accepted + 1 });
        Change(persona, counts => counts with { Accepted = counts.Accepted + 1, DkimSigned = counts.DkimSigned + (mail.IsSigned ? 1 : 0) });
    }

    internal void Refused(Persona persona, string recipient, SinkReply reply)
    {
        var throttled = persona.Throttle?.Reply == reply ? 1 : 0;
        Change(recipient, counts => reply.IsPermanent
            ? counts with { Refused = counts.Refused + 1 }
            : counts with { Deferred = counts.Deferred + 1, Throttled = counts.Throttled + throttled });
        Change(persona, counts => reply.IsPermanent ? counts with { Refused = counts.Refused + 1 } : counts with { Deferred = counts.Deferred + 1 });
    }

    internal void SessionRefused(Persona persona) => Change(persona, counts => counts with { SessionsRefused = counts.SessionsRefused + 1 });

    private void Change(string recipient, Func<RecipientCounts, RecipientCounts> change) =>
        _recipients.AddOrUpdate(recipient, _ => change(new()), (_, counts) => change(counts));

    private void Change(Persona persona, Func<PersonaCounts, PersonaCounts> change) =>
        _personas.AddOrUpdate(persona.Name, _ => change(new()), (_, counts) => change(counts));
}

/// <summary>Answers that were meant for one recipient.</summary>
/// <param name="Accepted">Messages taken.</param>
/// <param name="Deferred">4xx.</param>
/// <param name="Refused">5xx.</param>
/// <param name="Throttled">Of the deferred ones, because the persona had had enough for a while.</param>
public sealed record RecipientCounts(int Accepted = 0, int Deferred = 0, int Refused = 0, int Throttled = 0);

/// <summary>Answers of one persona.</summary>
/// <param name="Accepted">Messages taken.</param>
/// <param name="DkimSigned">Of these, with a DKIM-Signature field.</param>
/// <param name="Deferred">4xx to RCPT or to the end of the data.</param>
/// <param name="Refused">5xx to these.</param>
/// <param name="SessionsRefused">421.</param>
public sealed record PersonaCounts(int Accepted = 0, int DkimSigned = 0, int Deferred = 0, int Refused = 0, int SessionsRefused = 0);

/// <summary>What a sender delivered against what arrived, by Message-ID.</summary>
/// <param name="Lost">Expected, and never taken.</param>
/// <param name="Duplicates">Taken more than once.</param>
/// <param name="Unexpected">Taken, and not expected.</param>
public sealed record SinkComparison(IReadOnlyList<string> Lost, IReadOnlyList<string> Duplicates, IReadOnlyList<string> Unexpected);
