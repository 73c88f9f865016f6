using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>Decides what a failure means. A seam: rules as data fill it next to the status codes' own meaning.</summary>
public interface IQualifier
{
    /// <summary>Qualifies a remote server's reply of 4xx or 5xx.</summary>
    /// <param name="reply">The remote's words.</param>
    /// <param name="mxHost">Who said it, or null when that is not known.</param>
    Verdict Qualify(SmtpReply reply, string? mxHost);

    /// <summary>Qualifies an error of our own.</summary>
    Verdict Qualify(LocalError error);
}
