using System.Text;

namespace EnhancedMta.ReturnPaths;

/// <summary>
/// The header field that names its message: the return path again, in the message itself. Feedback reports and webhooks give back the
/// header, often with every address in it blacked out, and seldom the envelope.
/// </summary>
public static class MessageTag
{
    public const string FieldName = "X-EMTA-Message";

    /// <summary>The whole field, line end included.</summary>
    public static byte[] Field(string returnPath) => Encoding.ASCII.GetBytes($"{FieldName}: <{returnPath}>\r\n");
}
