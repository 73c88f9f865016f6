using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>Decides what a failure means. A seam: tests of the pipeline bring verdicts of their own.</summary>
public interface IQualifier
{
    /// <summary>Qualifies a remote server's words: a reply of 4xx or 5xx, or what a bounce mail quotes without a code.</summary>
    /// <param name="reply">The remote's words.</param>
    /// <param name="mxHost">Who said it, or null when that is not known.</param>
    Verdict Qualify(SmtpReply reply, string? mxHost);

    /// <summary>Qualifies an error of our own.</summary>
    Verdict Qualify(LocalError error);
}
