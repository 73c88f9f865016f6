namespace EnhancedMta.Tests.MxRules;

/// <summary>Replies that have words of throttling in them and are about something else: one recipient, one message, the server's own health.</summary>
internal static class Innocent
{
    public static IReadOnlyList<string> Replies { get; } =
    [
        // An address is nobody's opinion.
        "550 5.1.1 <too.many.connections@recipients.example>: Recipient address rejected: User unknown",
        "550 5.1.1 <rate-limit-exceeded@recipients.example> unknown",
        "450 4.2.0 <throttled@please-slow-down.example>: Recipient address rejected: Greylisted",
        "550 No such user: your.ip.is.blacklisted@recipients.example",

        // One recipient is sent too much, by whomever.
        "450-4.2.1 The user you are trying to contact is receiving mail at a rate that\n450-4.2.1 prevents additional messages from being delivered. Please resend your\n450 4.2.1 message at a later time. k7si55 - gsmtp",
        "421 4.7.1 Messages to ada@icloud.example deferred due to excessive volume. Try again later",
        "452 4.2.2 The mailbox is over its quota of messages",
        "552 5.2.2 Mailbox full: the daily limit of storage has been exceeded",
        "451 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded",

        // One message has too much of something.
        "552 5.3.4 Message size exceeds the maximum allowed",
        "452 4.5.3 Too many recipients",
        "550 5.5.3 Too many recipients in this message",
        "554 5.4.6 Too many hops",
        "554 5.6.0 Too many attachments",
        "503 5.5.1 Too many unrecognised commands",
        "550 5.7.1 The message looks like spam; blocked by the content filter",

        // Greylisting asks for patience once.
        "450 4.2.0 Greylisted, try again in 300 seconds",
        "451 4.7.1 Please try again later",
        "451 Internal resources are temporarily unavailable - https://mimecast.example/greylisting",
        "421 4.7.0 Try again later",

        // The server is not well.
        "421 4.3.2 Service not available, closing transmission channel",
        "451 4.3.0 Temporary lookup failure",
        "452 4.3.1 Insufficient system storage",
        "451 4.4.0 Connection to the next server timed out",
        "421 4.4.2 Connection dropped",

        // Somebody's own list.
        "550 5.7.1 The recipient has blocked you",
        "550 5.7.1 Sender address on the recipient's block list",

        // Signatures and names.
        "550 5.7.26 This mail is unauthenticated: neither SPF nor DKIM passed",
        "550 5.7.25 No PTR record for [192.0.2.7]",
        "530 5.7.0 Must issue a STARTTLS command first",
        "554 5.7.1 Relay access denied",
    ];
}
