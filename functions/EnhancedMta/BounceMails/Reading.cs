using EnhancedMta.BounceMails.FailureNotices;
using EnhancedMta.Bounces;
using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails;

/// <summary>One mail, or one message in a mail, as it is understood.</summary>
internal sealed class Reading
{
    private readonly MailPart _mail;
    private readonly string? _envelopeRecipient;
    private readonly NotificationText _text;
    private readonly ReturnedMessage _returned;

    private Reading(MailPart mail, string? envelopeRecipient)
    {
        _mail = mail;
        _envelopeRecipient = envelopeRecipient;
        _text = NotificationText.Read(mail);
        _returned = ReturnedMessage.Read(mail, _text);
    }

    public static Reading Of(MailPart mail, string? envelopeRecipient) => new(mail, envelopeRecipient);

    /// <returns>Null when it makes no report of its own on a delivery or by a recipient.</returns>
    public BounceMail? Report()
    {
        if (FeedbackReports.Read(_mail, _text, _returned) is { } feedback)
            return Result(BounceMailKind.Arf, feedback.Reported(), feedback.ReturnPaths);
        if (DispositionNotification.Read(_mail) is { } receipt)
            return Result(BounceMailKind.Dsn, [receipt.Recipient], messageId: receipt.MessageId);
        if (DeliveryStatuses() is { Count: > 0 } statuses)
            return Result(BounceMailKind.Dsn, statuses);
        if (DaemonSigns.IsNotification(_mail.Fields, _text) && NoticeRecipients.Read(_mail, _text, _returned) is { Count: > 0 } failures)
            return Result(BounceMailKind.Dsn, failures);
        return null;
    }

    /// <summary>What a mail is that makes no report.</summary>
    public BounceMail Anything()
    {
        // Without a server's name on it, a subject alone does not make a failure: something must have come back.
        var mayBeNotice = DaemonSigns.IsFromServer(_mail.Fields) || DaemonSigns.HasNoReturn(_mail.Fields) || _returned.Recipients.Count > 0;
        if (mayBeNotice && DaemonSigns.IsNotification(_mail.Fields, _text) && NoticeRecipients.Guess(_mail, _text, _returned) is { } guessed)
            return Result(BounceMailKind.Dsn, [guessed]);
        if ((AddressScan.Only(_mail.Fields["From"]) ?? AddressScan.Only(_mail.Fields["Return-Path"])) is { } sender)
        {
            var isAutomatic = AutoReplySigns.IsAutoReply(_mail, _text);
            if (AutoReplySigns.IsChallenge(_mail, _text) && (isAutomatic || _text.Whole.Length < 8000))
                return Answer(BounceMailKind.AutoReply, BounceReportKind.ChallengeResponse, sender);
            if (isAutomatic)
                return Answer(BounceMailKind.AutoReply, BounceReportKind.AutoReply, sender);
            if (AutoReplySigns.IsUnsubscribe(_mail, _text))
                return Answer(BounceMailKind.Other, BounceReportKind.Unsubscribe, sender);
        }
        return Result(BounceMailKind.Other, []) with { Remark = "It is no report on a delivery, no feedback report and no automatic answer." };
    }

    private List<ReportedRecipient> DeliveryStatuses()
    {
        var groups = _mail.Own().Where(part => part.Type is "message/delivery-status" or "message/global-delivery-status" or "text/delivery-status" or "message/x-delivery-status")
            .SelectMany(part => DeliveryStatusFields.Read(PartText.Of(part))).ToList();
        if (groups.Count == 0 && _text.StatusFields.Length > 0)
            groups = [.. DeliveryStatusFields.Read(_text.StatusFields)];
        if (groups.Count == 0)
            return [];
        var failed = AddressScan.Of(_mail.Fields.All("X-Failed-Recipients"));
        var own = AddressScan.Of(_mail.Fields.All("To")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return MergedRecipients.OfFields([.. groups.Select(group => group.WithoutSender(own))], FailureNotice.Read(_text), _text, failed.Count > 0 ? failed : _returned.Recipients);
    }

    private BounceMail Answer(BounceMailKind mailKind, BounceReportKind kind, string sender)
    {
        var words = QuotedReply.Parse(_text.Whole) with { Code = 0, Status = null };
        // RFC 3834 §3.1.5: an answer names what it answers.
        var answered = (_mail.Fields["In-Reply-To"] ?? _mail.Fields["References"]?.Split(' ').LastOrDefault())?.Trim('<', '>', ' ');
        return Result(mailKind, [new ReportedRecipient { Kind = kind, Address = sender, Reply = words.Text.Length == 0 ? null : words }], messageId: answered);
    }

    private BounceMail Result(BounceMailKind kind, IReadOnlyList<ReportedRecipient> recipients, IReadOnlyList<string>? returnPaths = null, string? messageId = null) => new()
    {
        Kind = kind,
        Recipients = recipients,
        ReturnPaths = _returned.ReturnPaths(_mail, _envelopeRecipient, returnPaths ?? []),
        OriginalMessageId = _returned.MessageId ?? (messageId is { Length: > 0 and <= 998 } ? messageId : null),
        Id = ReturnedMessage.IdOf(_mail.Fields),
    };
}
