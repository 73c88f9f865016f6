namespace EnhancedMta.Storage;

/// <summary>Queue names as the triggers need them: constants. The host moves what failed five times to <c>…-poison</c>.</summary>
public static class QueueNames
{
    /// <summary>Of the host.</summary>
    public const string PoisonSuffix = "-poison";

    public const string RelayMarketing = "relay-marketing";
    public const string RelayTransactional = "relay-transactional";
    public const string Bounces = "bounces";
    public const string Feedback = "feedback";
    public const string FeedbackPush = "feedback-push";
    public const string RelayMarketingPoison = RelayMarketing + "-poison";
    public const string RelayTransactionalPoison = RelayTransactional + "-poison";
    public const string BouncesPoison = Bounces + "-poison";
    public const string FeedbackPoison = Feedback + "-poison";
    public const string FeedbackPushPoison = FeedbackPush + "-poison";
}
