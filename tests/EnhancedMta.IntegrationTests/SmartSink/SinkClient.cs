using System.Net;
using System.Net.Sockets;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace EnhancedMta.IntegrationTests.SmartSink;

/// <summary>Clients of a sink: MailKit's, and a bare socket where the octets themselves matter.</summary>
internal static class SinkClient
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SmtpClient> ConnectAsync(IPEndPoint server, SecureSocketOptions security = SecureSocketOptions.None)
    {
        var client = new SmtpClient();
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=smart sink";
        await client.ConnectAsync(server.Address.ToString(), server.Port, security, Cancel);
        return client;
    }

    /// <summary>Sends a small message and tells the server's answer: its last line, or its refusal.</summary>
    public static async Task<string> TryAsync(SmtpClient client, string to, string messageId = "<one@sender.example>")
    {
        using var message = new MimeMessage();
        message.From.Add(new MailboxAddress(null, "news@sender.example"));
        message.To.Add(new MailboxAddress(null, to));
        message.Headers.Replace(HeaderId.MessageId, messageId);
        message.Body = new TextPart("plain") { Text = "Hello\r\n.\r\n..two dots" };
        try
        {
            return $"250 {await client.SendAsync(message, Cancel)}";
        }
        catch (SmtpCommandException refusal)
        {
            return $"{(int)refusal.StatusCode} {refusal.Message}";
        }
    }

    /// <summary>Writes everything at once and reads until the server closes.</summary>
    public static async Task<string> ExchangeAsync(IPEndPoint server, string text)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, Cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Cancel);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancel);
    }
}
