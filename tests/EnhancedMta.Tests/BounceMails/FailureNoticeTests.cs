using EnhancedMta.Bounces;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceMails;

public sealed class FailureNoticeTests
{
    /// <summary>Name of the form, the text, the code, words that the reply must hold.</summary>
    public static TheoryData<string, string, int, string> Forms => new()
    {
        { "qmail", "Hi. This is the qmail-send program at relay.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<anna@example.com>:\n192.0.2.5 does not like recipient.\nRemote host said: 550 5.1.1 no such mailbox here\nGiving up on 192.0.2.5.\n\n--- Below this line is a copy of the message.\n\n" + Mails.Original, 550, "no such mailbox here" },
        { "qmail local", "Hi. This is the qmail-send program at relay.example.net.\n\n<anna@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n" + Mails.Original, 0, "no mailbox here" },
        { "James", "I'm afraid I wasn't able to deliver your message to the following addresses.\n\nFailed recipient(s):\nanna@example.com\n\nError message:\n550 5.1.1 mailbox unavailable\n", 550, "mailbox unavailable" },
        { "Exim", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  anna@example.com\n    SMTP error from remote mail server after RCPT TO:<anna@example.com>:\n    host mx.example.com [192.0.2.5]: 550 5.7.1 we know your kind\n\n------ This is a copy of the message, including all the headers. ------\n\n" + Mails.Original, 550, "we know your kind" },
        { "Exim timeout", "The following address(es) failed:\n\n  anna@example.com\n    retry timeout exceeded\n\n------ This is a copy of the message, including all the headers. ------\n\n" + Mails.Original, 0, "retry timeout exceeded" },
        { "Sendmail", "The original message was received at Tue, 3 Nov 2026 10:00:00 +0100\nfrom out.example.org [192.0.2.7]\n\n   ----- The following addresses had permanent fatal errors -----\n<anna@example.com>\n    (reason: 553 5.3.0 closed for the winter)\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.com.:\n>>> RCPT To:<anna@example.com>\n<<< 553 5.3.0 closed for the winter\n550 5.1.1 <anna@example.com>... User unknown\n\n   ----- Original message follows -----\n" + Mails.Original, 553, "closed for the winter" },
        { "Sendmail 5", "   ----- Transcript of session follows -----\nWhile talking to mx.example.com:\n>>> RCPT To:<anna@example.com>\n<<< 550 nobody of that name\n550 <anna@example.com>... User unknown\n\n   ----- Unsent message follows -----\n" + Mails.Original, 550, "nobody of that name" },
        { "Postfix", "This is the Postfix program at host relay.example.net.\n\n<anna@example.com>: host mx.example.com[192.0.2.5] said: 550 5.1.1 moved away (in\n    reply to RCPT TO command)\n", 550, "moved away" },
        { "Courier", "Your message to the following recipients cannot be delivered:\n\n<anna@example.com>:\n    mx.example.com [192.0.2.5]:\n>>> RCPT TO:<anna@example.com>\n<<< 550 5.1.1 not in the directory\n\nIf your message was also sent to additional recipients, their delivery\nstatus is not included in this report.\n", 550, "not in the directory" },
        { "Exchange 5.5", "Your message\n\n  To:      " + Mails.Path + "\n  Subject: Autumn offers\n  Sent:    Tue, 3 Nov 2026 10:00:00 +0100\n\ndid not reach the following recipient(s):\n\nanna@example.com on Tue, 3 Nov 2026 10:00:05 +0100\n    The recipient name is not recognized\n    MSEXCH:IMS:EXAMPLE:SHOP:MAIL1 0 (000C05A6) Unknown Recipient\n", 0, "recipient name is not recognized" },
        { "Exchange 5.5 by X.400", "did not reach the following recipient(s):\n\nc=DE;a= ;p=EXAMPLE;o=Shop;dda:SMTP=anna@example.com; on Tue, 3 Nov 2026\n10:00:05 +0100\n    The recipient name is not recognized\n", 0, "recipient name is not recognized" },
        { "Exchange 2003", "did not reach the following recipient(s):\n\nanna@example.com on 3/11/2026 10:00 AM\n    You do not have permission to send to this recipient.  For assistance, contact your system administrator.\n    <mail.example.com #5.7.1 smtp;550 5.7.1 Unable to relay for anna@example.com>\n", 550, "Unable to relay" },
        { "Exchange 2007", "Delivery has failed to these recipients or groups:\n\nanna@example.com<mailto:anna@example.com>\nThe email address you entered couldn't be found.\n\nDiagnostic information for administrators:\n\nGenerating server: mail.example.com\n\nanna@example.com\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\n" + Mails.Original, 550, "RecipNotFound" },
        { "Office 365", "Your message to anna@example.com couldn't be delivered.\nanna wasn't found at example.com.\n\nOriginal Message Details\nSender Address: news@example.org\nRecipient Address: anna@example.com\nSubject: full of errors\n\nError Details\nReported error: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n", 550, "Recipient not found" },
        { "Domino", "Your message\n\n  Subject: Autumn offers\n\nwas not delivered to:\n\n  anna@example.com\n\nbecause:\n\n  User anna (anna@example.com) not listed in Domino Directory\n", 0, "not listed in Domino Directory" },
        { "Notes", "------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nanna@example.com\n\n------- Returned Message --------\n\n" + Mails.Original, 0, "not listed in public" },
        { "IMail", "Unknown user: anna@example.com\n\nOriginal message follows.\n\n" + Mails.Original, 0, "Unknown user" },
        { "IMail full", "User mailbox exceeds allowed size: anna@example.com\n\nOriginal message follows.\n\n" + Mails.Original, 0, "mailbox exceeds allowed size" },
        { "IMail rejected", "undeliverable to anna@example.com\nBody of message generated response:\n550 refused by our filter\n\nOriginal message follows.\n", 550, "refused by our filter" },
        { "Yahoo", "Sorry, we were unable to deliver your message to the following address.\n\n<anna@example.com>:\nRemote host said:\n554 5.7.9 Message not accepted for policy reasons.\n[BODY]\n\n--- Below this line is a copy of the message.\n\n" + Mails.Original, 554, "policy reasons" },
        { "Gmail old", "This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient failed permanently:\n\n     anna@example.com\n\nTechnical details of permanent failure: \nGoogle tried to deliver your message, but it was rejected by the recipient domain. The error that the other server returned was: 550 550 5.2.1 Mailbox disabled since May (state 14).\n\n----- Original message -----\n\n" + Mails.Original, 550, "Mailbox disabled since May" },
        { "Zoho", "This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error. \n\nanna@example.com Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 no such person\n\n", 550, "no such person" },
        { "GMX", "A message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n\"anna@example.com\":\nSMTP error from remote server after RCPT command:\nhost: mx.example.com\n550 5.1.1 address unknown here\n\n\n--- The header of the original message is following. ---\n\n" + Mails.Original, 550, "address unknown here" },
        { "Biglobe", "   ----- The following addresses had delivery problems -----\nanna@example.com\n\n   ----- Non-delivered information -----\nThe mailbox of the recipient holds too many messages.\n", 0, "too many messages" },
        { "KDDI", "Your mail sent on: Tue, 3 Nov 2026 10:00:00 +0900\n    Could not be delivered to: <anna@example.com>\n    As their mailbox is full.\n", 0, "mailbox is full" },
        { "Japanese carrier", "次のあて先へのメッセージはエラーのため送信できませんでした。\n送信先メールアドレスが見つかりません。\n\nEach of the following recipients was rejected by a remote\nmail server.\n\n    Recipient: <anna@example.com>\n    >>> RCPT TO:<anna@example.com>\n    <<< 550 <anna@example.com>: User unknown\n", 550, "User unknown" },
        { "Carrier without answer", "Your message was not delivered within 1 days.\nRemote host is not responding.\n\nThe following recipients did not receive this message:\n\n<anna@example.com>\n\nPlease reply to Postmaster@example.net\n", 0, "not responding" },
        { "m-FILTER", "以下のメールアドレスへの送信に失敗しました。\nanna@example.com\n\n-------server message\n550 5.1.1 nobody home\n-------SMTP command\nRCPT\n-------original message\n" + Mails.Original, 550, "nobody home" },
        { "McAfee", "--- The following addresses had delivery problems ---\n\n<anna@example.com>   (550 User unknown)\n\n", 550, "User unknown" },
        { "MXLogic", "A message that you have sent could not be delivered to one or more\nrecipients.  This is a permanent error.  The following address failed:\n\n  <anna@example.com>: 550 5.1.1 mailbox gone\n\n\nIncluded is a copy of the message header:\n-----------------------------------------\n" + Mails.Original, 550, "mailbox gone" },
        { "MailMarshal", "Your message:\n   From:    news@example.org\n   Subject: Autumn offers\n\nCould not be delivered because of\n\n550 5.1.1 nobody by that name\n\nThe following recipients were affected: \n    anna@example.com\n\nAdditional Information\n======================\nOriginal Sender:    <" + Mails.Path + ">\nSender-MTA:         <192.0.2.7>\n", 550, "nobody by that name" },
        { "InterScan", "Sent <<< RCPT TO:<anna@example.com>\nReceived >>> 550 5.1.1 user left us\n\n*****     End of message     *****\n", 550, "user left us" },
        { "SurfControl", "Your message could not be sent.\nA transcript of the attempts to send the message follows.\nThe number of attempts made: 1\nAddressed To: anna@example.com\n\nTue 3 Nov 2026 10:00:05 +0100\nFailed to send to identified host,\nanna@example.com: [192.0.2.5], 550 anna@example.com... unknown to us\n--- Message non-deliverable.\n", 550, "unknown to us" },
        { "MailFoundry", "Unable to deliver message to: <anna@example.com>\nDelivery failed for the following reason:\nServer mx.example.com[192.0.2.5] failed with: 552 over its quota\n\nThis has been a permanent failure.  No further delivery attempts will be made.\n", 552, "over its quota" },
        { "OpenSMTPD", "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nanna@example.com: 550 5.1.1 no such user\n\n    Below is a copy of the original message:\n\n" + Mails.Original, 550, "no such user" },
        { "DragonFly", "This is the DragonFly Mail Agent v0.13 at relay.example.net.\n\nThere was an error delivering your mail to <anna@example.com>.\n\nmx.example.com [192.0.2.5] did not like our RCPT TO:\n550 5.7.1 not from you\n\nMessage headers follow.\n\n" + Mails.Original, 550, "not from you" },
        { "WorkMail", "An error occurred while trying to deliver the mail to the following recipients:\nanna@example.com\n\nTechnical report:\n\nReporting-MTA: dsn; out.example.net\n\nAction: failed\nFinal-Recipient: rfc822; anna@example.com\nDiagnostic-Code: smtp; 550 5.2.2 mailbox overflowing\nStatus: 5.2.2\n", 550, "mailbox overflowing" },
        { "Barracuda", "**Message you sent blocked by our bulk email filter**\n\nYour message to: anna@example.com\nwas blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n\nSubject: Autumn offers\n", 0, "blocked by our Spam Firewall" },
        { "Mimecast", "An email that you attempted to send to the following address could not be delivered:\n-- anna@example.com\n\nThe problem appears to be :\n-- Recipient server unavailable or busy\n\nAdditional information follows :\n-- 451 4.4.4 Temporary trouble\n", 451, "Temporary trouble" },
        { "GroupWise", "The message that you sent was undeliverable to the following:\n\tanna@example.com (user not found)\n", 0, "user not found" },
        { "SMTP32", "Delivery failed 20 attempts: anna@example.com\n", 0, "20 attempts" },
        { "CommuniGate", "Failed to deliver to '<anna@example.com>'\nLOCAL module(account anna) reports:\n account is full (quota exceeded)\n", 0, "account is full" },
        { "MDaemon", "The following addresses did NOT receive a copy of your message:\n\n> anna@example.com\n\n--- Session Transcript ---\n MAIL From:<b@example.org>\n 250 ok\n RCPT To:<anna@example.com>\n 552 would exceed mailbox quota\n QUIT\n--- End Transcript ---\n", 552, "exceed mailbox quota" },
        { "MDaemon with arrows", "The following addresses did NOT receive a copy of your message:\n\n> anna@example.com\n\n--- Session Transcript ---\n--> RCPT To:<anna@example.com>\n<-- 550 account closed\n--- End Transcript ---\n", 550, "account closed" },
        { "iMS", "This report relates to a message you sent with the following header fields:\n\n  Message-id: <42.autumn@example.org>\n  Date: Tue, 3 Nov 2026 10:00:00 +0100\n  From: news@example.org\n  To: someone@example.org\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: anna@example.com\n  Reason: Illegal host/domain name found\n", 0, "Illegal host/domain name" },
        { "short", "User's mailbox is full: <anna@example.com>\nUnable to deliver mail.\n", 0, "mailbox is full" },
        { "sentence", "You sent mail to anna@example.com. That's not a valid user here.\n", 0, "not a valid user" },
        { "mailing list", "You are not a member of this mailing list <anna@example.com>.\n", 0, "not a member" },
        { "bracketed", "---The following addresses had delivery errors---\n\nanna@example.com [mailbox locked]\n", 0, "mailbox locked" },
        { "SMTP sentence", "SMTP Server <mx.example.com> rejected recipient <anna@example.com> (Error following RCPT command). It responded as follows: [550 5.1.1 never heard of]\n", 550, "never heard of" },
        { "phone carrier", "Message could not be delivered to mobile.\nError: No valid recipients for this MM\n\nOriginal Message:\nFrom: news@example.org\nTo: anna@example.com\nSubject: Autumn offers\n", 0, "No valid recipients" },
        { "sections", "============================================================================\nDelivery to the following recipients failed permanently:\n\n  * anna@example.com\n\n============================================================================\nTechnical details:\n\nSMTP:RCPT host 192.0.2.5: 553 5.3.0 nobody of this name\n\n============================================================================\n", 553, "nobody of this name" },
        { "boxed", "|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n anna@example.com ... unknown host\n|------------------------- Message text follows: ------------------------|\n\n" + Mails.Original, 0, "unknown host" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_recipient_and_the_reason_are_found(string form, string text, int code, string words)
    {
        var mail = await Mails.ReadAsync(Mails.Notice(text));
        Assert.True(mail.Kind == BounceMailKind.Dsn, form);
        var recipient = Assert.Single(mail.Recipients);
        Assert.Equal((form, "anna@example.com", BounceReportKind.Failed, code), (form, recipient.Address, recipient.Kind, recipient.Reply?.Code ?? -1));
        Assert.Contains(words, recipient.Reply!.Text.Replace('\n', ' '), StringComparison.Ordinal);
        if (text.Contains("Message-ID: <42", StringComparison.OrdinalIgnoreCase))
            Assert.Equal((form, "42.autumn@example.org"), (form, mail.OriginalMessageId));
    }

    [Theory]
    [InlineData("en", "Undeliverable mail", "Your mail could not be delivered: the mailbox of anna@example.com does not exist.")]
    [InlineData("fr", "Échec de remise", "Votre message n'a pas pu être remis à anna@example.com : utilisateur inconnu.")]
    [InlineData("de", "Unzustellbar: Angebote", "Ihre Nachricht an anna@example.com konnte nicht zugestellt werden, der Empfänger ist unbekannt.")]
    [InlineData("es", "Correo devuelto", "No se pudo entregar el mensaje a anna@example.com: usuario desconocido.")]
    [InlineData("it", "Mancata consegna", "Il messaggio per anna@example.com non è stato consegnato: utente sconosciuto.")]
    [InlineData("pt", "Mensagem não entregue", "A mensagem para anna@example.com não foi entregue: destinatário desconhecido.")]
    [InlineData("ja", "配信不能", "宛先anna@example.comは存在しません。")]
    [InlineData("zh", "系统退信", "邮件无法发送到 anna@example.com，用户不存在。")]
    [InlineData("nl", "Onbestelbaar", "Uw bericht aan anna@example.com kon niet worden bezorgd: onbekende gebruiker.")]
    [InlineData("pl", "Zwrot", "Wiadomość do anna@example.com nie została dostarczona, użytkownik nie istnieje.")]
    [InlineData("ru", "Сообщение не доставлено", "Письмо для anna@example.com не может быть доставлено: пользователь не найден.")]
    public async Task Languages_of_the_world_are_understood(string language, string subject, string text)
    {
        var recipient = await Mails.OnlyAsync(Mails.Notice(text, "postmaster@example.com", subject));
        Assert.Equal((language, "anna@example.com", BounceReportKind.Failed), (language, recipient.Address, recipient.Kind));
        Assert.NotNull(recipient.Reply);
    }

    [Theory]
    [InlineData("THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n     anna@example.com\n\nMessage will be retried for 2 more day(s)\n")]
    [InlineData("Your message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<anna@example.com>: connect to mx.example.com[192.0.2.5]:25: Connection refused\n")]
    [InlineData("    A message is delayed for more than 10 minutes for the following\n    list of recipients:\n\nanna@example.com: 421 come back later\n")]
    public async Task A_delay_is_no_failure(string text) =>
        Assert.Equal((BounceReportKind.Delayed, "delayed"), await Mails.OnlyAsync(Mails.Notice(text, subject: "Warning: message delayed")) is var r ? (r.Kind, r.Action) : default);

    [Fact]
    public async Task Command_host_and_status_are_read_from_the_words()
    {
        var recipient = await Mails.OnlyAsync(Mails.Notice("<anna@example.com>: host mx.example.com[192.0.2.5] said: 552 5.2.2 full (in reply to\n    end of DATA command)\n"));
        Assert.Equal((SmtpCommand.EndOfData, "mx.example.com", new EnhancedStatusCode(5, 2, 2)), (recipient.Reply!.Command, recipient.RemoteMta, recipient.Status!.Value));
    }

    [Fact]
    public async Task Each_of_several_recipients_has_its_own_words()
    {
        var mail = await Mails.ReadAsync(Mails.Notice("<anna@example.com>:\n550 unknown here\n\n<bert@example.com>:\n552 mailbox full\n\n<carla@example.com>:\nSorry, I couldn't find any host by that name. (#5.1.2)\n"));
        Assert.Equal(["anna@example.com", "bert@example.com", "carla@example.com"], mail.Recipients.Select(r => r.Address));
        Assert.Equal([550, 552, 0], mail.Recipients.Select(r => r.Reply!.Code));
    }

    [Fact]
    public async Task The_header_of_failed_recipients_decides()
    {
        var mail = await Mails.ReadAsync(Mails.Notice("Something went wrong; ask help@example.net about it.", headers: "X-Failed-Recipients: anna@example.com,\n bert@example.com"));
        Assert.Equal(["anna@example.com", "bert@example.com"], mail.Recipients.Select(r => r.Address));
    }

    [Fact]
    public async Task Whom_an_alias_was_expanded_from_is_whom_we_wrote_to()
    {
        var recipient = await Mails.OnlyAsync(Mails.Notice("   ----- The following addresses had permanent fatal errors -----\nanna@inner.example.net\n    (reason: 550 gone)\n    (expanded from: <anna@example.com>)\n\n   ----- Transcript of session follows -----\n550 5.1.1 anna@inner.example.net... User unknown\n"));
        Assert.Equal("anna@example.com", recipient.Address);
    }

    [Fact]
    public async Task A_name_without_a_domain_is_one_of_the_servers() =>
        Assert.Equal("anna99@example.net", (await Mails.OnlyAsync(Mails.Notice("Your mail to the following recipients could not be delivered because they are not accepting mail with attachments:\n\tanna99\n", "MAILER-DAEMON@example.net"))).Address);

    [Theory]
    [InlineData("Your message to the address below could not be delivered.\n")]
    [InlineData("An error occurred. For help write to postmaster@relay.example.net.\n")]
    public async Task Where_nobody_is_named_it_is_the_one_whom_the_message_was_for(string text) =>
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(Mails.Notice(text + "\n--- Original message follows.\n\n" + Mails.Original))).Address);

    [Fact]
    public async Task Where_the_message_had_several_recipients_none_is_guessed() =>
        Assert.Null((await Mails.OnlyAsync(Mails.Notice("Your message could not be delivered.\n\n--- Original message follows.\n\n" + Mails.Original.Replace("To: anna@example.com", "To: anna@example.com, bert@example.com")))).Address);

    [Fact]
    public async Task An_html_notice_is_read_as_it_is_seen()
    {
        var html = "<html><head><style>p { color: red }</style></head><body><p>Your message could not be delivered to:</p><p><b>anna@example.com</b></p><p>550 5.1.1 The&nbsp;mailbox &lt;anna&gt; is closed</p></body></html>";
        var recipient = await Mails.OnlyAsync(Mails.Notice(html).Replace("text/plain", "text/html"));
        Assert.Equal(("anna@example.com", 550, "5.1.1 The mailbox <anna> is closed"), (recipient.Address, recipient.Reply!.Code, recipient.Reply.Text));
    }
}
