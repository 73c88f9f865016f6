using System.Globalization;
using System.Text;
using EnhancedMta.Ingestion;
using EnhancedMta.Packs;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Relaying;

/// <summary>The fields that a message gets on its way out, before all others. No signature covers them: each hop adds its own.</summary>
internal static class TraceHeader
{
    /// <summary>Received and the message's tag, line ends included.</summary>
    /// <param name="host">By whom it is sent: the name that EHLO says.</param>
    /// <param name="pack">Where the message is.</param>
    /// <param name="index">Its place there.</param>
    /// <param name="returnPath">Of the message; null for a copy, whose bounce is none of the message.</param>
    /// <remarks>
    /// A gateway into the Internet must tell when the message reached it (RFC 5321 §4.4), and with what id its log has it. From whom it came
    /// is a host of Campaign's inside somebody's network: that stays out, and so do our own machine's name and address.
    /// </remarks>
    public static byte[] Of(string host, PackHeader pack, int index, string? returnPath)
    {
        var message = pack.Items[index];
        var id = MessageIdentity.LocalPart(message.MessageId, pack.LogPartition.DeliveryId);
        var received = pack.Received.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        return [.. Encoding.ASCII.GetBytes($"Received: by {host} (EnhancedMta) with HTTP\r\n\tid <{id}@{message.FromDomain}>;\r\n\t{received}\r\n"), .. returnPath is null ? [] : MessageTag.Field(returnPath)];
    }
}
