using System.Text;

namespace EnhancedMta.Webhooks;

/// <summary>What Amazon SNS wraps a message in. All strings are as sent: they are signed.</summary>
internal sealed record SnsEnvelope
{
    public const string Notification = "Notification";
    public const string SubscriptionConfirmation = "SubscriptionConfirmation";
    public const string UnsubscribeConfirmation = "UnsubscribeConfirmation";

    public required string Type { get; init; }
    public required string MessageId { get; init; }
    public required string TopicArn { get; init; }
    public required string Message { get; init; }
    public required string Timestamp { get; init; }
    public required string SignatureVersion { get; init; }
    public required string Signature { get; init; }
    public required string SigningCertUrl { get; init; }
    public string? Subject { get; init; }
    public string? Token { get; init; }
    public string? SubscribeUrl { get; init; }

    /// <exception cref="EventFaultException">Something is missing or of another kind.</exception>
    public static SnsEnvelope Read(EventFields fields)
    {
        string Whole(string name) => fields.Whole(name) ?? throw fields.Fault(name, "is missing");
        return new SnsEnvelope
        {
            Type = Whole("Type"),
            MessageId = fields.Required("MessageId"),
            TopicArn = Whole("TopicArn"),
            Message = Whole("Message"),
            Timestamp = Whole("Timestamp"),
            SignatureVersion = Whole("SignatureVersion"),
            Signature = Whole("Signature"),
            SigningCertUrl = Whole("SigningCertURL"),
            Subject = fields.Whole("Subject"),
            Token = fields.Whole("Token"),
            SubscribeUrl = fields.Whole("SubscribeURL"),
        };
    }

    /// <summary>What is signed: for each type other fields, in the order of their names, each name and value on a line of its own.</summary>
    public byte[] SignedOctets()
    {
        var text = new StringBuilder(Message.Length + 512);
        void Line(string name, string? value)
        {
            if (value is not null)
                text.Append(name).Append('\n').Append(value).Append('\n');
        }

        var isNotification = Type == Notification;
        Line("Message", Message);
        Line("MessageId", MessageId);
        if (isNotification)
            Line("Subject", Subject);
        else
            Line("SubscribeURL", SubscribeUrl);
        Line("Timestamp", Timestamp);
        if (!isNotification)
            Line("Token", Token);
        Line("TopicArn", TopicArn);
        Line("Type", Type);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
