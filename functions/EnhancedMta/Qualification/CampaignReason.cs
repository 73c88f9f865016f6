namespace EnhancedMta.Qualification;

/// <summary>Campaign's failure reasons with their published numbers; those that a mail server's answer can lead to.</summary>
public enum CampaignReason
{
    NotDefined = 0,
    UserUnknown = 1,
    InvalidDomain = 2,
    Unreachable = 3,
    AccountDisabled = 4,
    MailboxFull = 5,
    NotConnected = 6,
    Denylisted = 8,
    Refused = 20,
    ErrorIgnored = 25,
}

public static class CampaignReasonLabels
{
    /// <summary>The label that Campaign shows for the reason.</summary>
    public static string Label(this CampaignReason reason) => reason switch
    {
        CampaignReason.UserUnknown => "User unknown",
        CampaignReason.InvalidDomain => "Invalid domain",
        CampaignReason.Unreachable => "Unreachable",
        CampaignReason.AccountDisabled => "Account disabled",
        CampaignReason.MailboxFull => "Mailbox full",
        CampaignReason.NotConnected => "Not connected",
        CampaignReason.Denylisted => "Denylisted address",
        CampaignReason.Refused => "Refused",
        CampaignReason.ErrorIgnored => "Error ignored",
        _ => "Not defined",
    };
}
