namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>Nine invented providers with ten recipient domains, each with a habit that real ones have.</summary>
public static class SinkProviders
{
    /// <summary>Recipients whose local part begins so have a mailbox that nobody ever empties.</summary>
    public const string NeverEmptied = "full-";

    private static readonly SinkReply UnknownUser = new(550, "5.1.1", "<{recipient}>: nobody of that name has a mailbox here");

    public static IReadOnlyList<Persona> All { get; } =
    [
        new("Postbox", "mx.postbox.example", ["postbox.example"]),

        new("Larkmail", "mx1.larkmail.example", ["larkmail.example"])
        {
            Rules = [new("unknown user", UnknownUser) { Percent = 5 }],
            MessagesPerConnection = 50,
        },

        // Two domains on one MX: one site for whoever sends to both.
        new("Greyfield", "in.greyfield.example", ["greyfield.example", "greyfield-office.example"])
        {
            Rules =
            [
                new("unknown user", UnknownUser) { Percent = 2 },
                new("greylisted", new(451, "4.7.1", "Greylisted: <{recipient}> has not had mail from you before, come back in 5 minutes"))
                {
                    Percent = 98, Tries = 1, Wait = TimeSpan.FromMinutes(5),
                },
            ],
        },

        new("Attic", "mail.attic.example", ["attic.example"])
        {
            Rules =
            [
                new("mailbox full for ever", new(552, "5.2.2", "<{recipient}> is over quota, and has been for a long time")) { Prefix = NeverEmptied },
                new("mailbox full for now", new(452, "4.2.2", "The mailbox of <{recipient}> is full at the moment")) { Percent = 8, Tries = 2 },
            ],
        },

        new("Millrace", "mta.millrace.example", ["millrace.example"])
        {
            Throttle = new(60, TimeSpan.FromMinutes(3), new(421, "4.7.0", "More mail than we take from a stranger, this host is closed to you for some minutes")),
        },

        new("Tollgate", "mx.tollgate.example", ["tollgate.example"])
        {
            Throttle = new(80, TimeSpan.FromMinutes(10), new(451, "4.7.28", "Unusual rate of mail from your address, it is limited for now")),
        },

        new("Bastion", "gate.bastion.example", ["bastion.example"])
        {
            Rules =
            [
                new("refused by policy", new(550, "5.7.1", "This message goes against the mail policy of <{recipient}>'s organisation")) { Percent = 3, AfterData = true },
            ],
        },

        new("Oxcart", "smtp.oxcart.example", ["oxcart.example"]) { Delay = TimeSpan.FromMilliseconds(20) },

        new("Yesteryear", "mx.yesteryear.example", ["yesteryear.example"])
        {
            Rules =
            [
                new("account disabled", new(550, "5.2.1", "The account of <{recipient}> has been disabled")) { Percent = 4 },
                new("unknown user", UnknownUser) { Percent = 2 },
            ],
        },
    ];
}
