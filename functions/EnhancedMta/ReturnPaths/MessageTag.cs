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

    /// <summary>The field before a message.</summary>
    public static byte[] Before(ReadOnlySpan<byte> content, string returnPath)
    {
        var field = Field(returnPath);
        var tagged = GC.AllocateUninitializedArray<byte>(field.Length + content.Length);
        field.CopyTo(tagged, 0);
        content.CopyTo(tagged.AsSpan(field.Length));
        return tagged;
    }
}
