using EnhancedMta.Bounces;

namespace EnhancedMta.Tests.BounceMails;

public sealed class AutomaticAnswerTests
{
    private static string Answer(string headers, string subject, string text, string returnPath = "anna@example.com") =>
        $"Return-Path: <{returnPath}>\nFrom: Anna <anna@example.com>\nTo: {Mails.Path}\nSubject: {subject}\nIn-Reply-To: <42.autumn@example.org>\nMessage-ID: <a1@example.com>\n{headers}Content-Type: text/plain; charset=utf-8\n\n{text}\n";

    [Theory]
    [InlineData("Auto-Submitted: auto-replied\n", "Re: Autumn offers")]
    [InlineData("Auto-Submitted: auto-generated\n", "Re: Autumn offers")]
    [InlineData("X-Autoreply: yes\n", "Re: Autumn offers")]
    [InlineData("X-Autorespond: Autumn offers\n", "Re: Autumn offers")]
    [InlineData("Precedence: auto_reply\n", "Re: Autumn offers")]
    [InlineData("", "Out of Office: Autumn offers")]
    [InlineData("", "Automatic reply: Autumn offers")]
    [InlineData("", "AUTO: Anna is out of the office (returning 9 Nov)")]
    [InlineData("", "Abwesenheitsnotiz: Herbst")]
    [InlineData("", "Réponse automatique : offres")]
    [InlineData("", "Respuesta automática: ofertas")]
    [InlineData("", "Risposta automatica: offerte")]
    [InlineData("", "Resposta automática: ofertas")]
    [InlineData("", "Automatisch antwoord: aanbiedingen")]
    [InlineData("", "Automatyczna odpowiedź: oferty")]
    [InlineData("", "Автоответ: предложения")]
    [InlineData("", "自動返信: 秋の")]
    [InlineData("", "自动回复: 秋天")]
    [InlineData("", "Automatic reply: Undeliverable: Autumn offers")]
    public async Task An_automatic_answer_tells_who_got_the_message(string headers, string subject)
    {
        var mail = await Mails.ReadAsync(Answer(headers, subject, "I am away until Monday. My colleague cara@example.com could not be better."));
        var recipient = Assert.Single(mail.Recipients);
        Assert.Equal((BounceMailKind.AutoReply, BounceReportKind.AutoReply, "anna@example.com", "42.autumn@example.org"), (mail.Kind, recipient.Kind, recipient.Address, mail.OriginalMessageId));
        Assert.StartsWith("I am away", recipient.Reply!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_persons_mail_without_a_return_path_is_automatic() =>
        Assert.Equal(BounceReportKind.AutoReply, (await Mails.OnlyAsync(Answer("", "Thanks", "We got your mail.", ""), BounceMailKind.AutoReply)).Kind);

    [Theory]
    [InlineData("Precedence: auto_reply\n", "Re: Autumn offers", "To control spam, I now allow only approved senders. Click the link below to be added to my list.")]
    [InlineData("", "Please verify your mail", "This mailbox is protected by Spam Arrest. Please verify that you are human.")]
    [InlineData("Auto-Submitted: auto-replied\n", "Please confirm your message", "Reply to this mail to prove you are human. TMDA")]
    [InlineData("", "Re: Autumn offers (Boxbe)", "You have been added to Boxbe's waiting list.")]
    public async Task A_challenge_is_told_apart(string headers, string subject, string text) =>
        Assert.Equal((BounceReportKind.ChallengeResponse, "anna@example.com"), await Mails.OnlyAsync(Answer(headers, subject, text), BounceMailKind.AutoReply) is var r ? (r.Kind, r.Address) : default);

    [Theory]
    [InlineData("unsubscribe", "")]
    [InlineData("Re: offers", "Please unsubscribe me\n\nAnna")]
    [InlineData("Abmelden", "Bitte")]
    [InlineData("désabonnement", "désabonnez-moi")]
    [InlineData("配信停止", "お願いします")]
    public async Task Who_wants_no_more_is_heard(string subject, string text) =>
        Assert.Equal((BounceReportKind.Unsubscribe, "anna@example.com"), await Mails.OnlyAsync(Answer("", subject, text), BounceMailKind.Other) is var r ? (r.Kind, r.Address) : default);

    [Theory]
    [InlineData("Autumn offers", "Are the boots still there? The error on your page is no problem.")]
    [InlineData("Re: Autumn offers", "My mailbox was full, write to bert@example.com, he does not exist on your list yet.")]
    [InlineData("", "")]
    public async Task Other_mail_is_nothing(string subject, string text)
    {
        var mail = await Mails.ReadAsync(Answer("", subject, text));
        Assert.Equal(BounceMailKind.Other, mail.Kind);
        Assert.Empty(mail.Recipients);
        Assert.NotNull(mail.Remark);
        Assert.Equal("a1@example.com", mail.Id);
    }
}
