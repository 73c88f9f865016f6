using System.IO.Compression;
using System.Text.Json;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Messages as the body of a relay request: NDJSON, compressed.</summary>
internal static class RelayBody
{
    public static byte[] Of(IEnumerable<DemoMail> messages)
    {
        using var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest))
        {
            using var json = new Utf8JsonWriter(gzip);
            foreach (var mail in messages)
            {
                WriteLine(json, mail);
                json.Flush();
                json.Reset();
                gzip.WriteByte((byte)'\n');
            }
        }
        return body.ToArray();
    }

    private static void WriteLine(Utf8JsonWriter json, DemoMail mail)
    {
        json.WriteStartObject();
        json.WriteString("messageId", mail.Id);
        json.WriteString("to", mail.To);
        json.WriteString("subject", $"{mail.FirstName}, three books for your weekend");
        json.WriteStartObject("headers");
        json.WriteString("Message-ID", mail.MessageIdField);
        json.WriteString("List-Unsubscribe", $"<https://{Mailing.SenderDomain}/unsubscribe/{mail.Id}>");
        json.WriteString("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        json.WriteEndObject();
        json.WriteString("text", Text(mail));
        json.WriteString("html", Html(mail));
        json.WriteEndObject();
    }

    private static string Text(DemoMail mail) => $"""
        Hello {mail.FirstName},

        Saturday looks like rain, so we put three books aside for you. Tell us your number, {mail.Id}, and they are yours at the counter until Monday.

        The Lighthouse Ledger, The Cartographer's Kitchen, Winter of the Small Trains

        Hilltop Books, 4 Chapel Lane
        """;

    private static string Html(DemoMail mail) => $"""
        <!doctype html>
        <html lang="en">
        <body style="margin:0;background:#f4f1ea;font-family:Georgia,serif;color:#2b2b2b">
        <table role="presentation" width="100%"><tr><td align="center">
        <table role="presentation" width="600" style="background:#ffffff">
        <tr><td style="padding:24px"><h1 style="margin:0">Hello {mail.FirstName},</h1></td></tr>
        <tr><td style="padding:0 24px"><p>Saturday looks like rain, so we put three books aside for you. Tell us your number, <b>{mail.Id}</b>, and they are yours at the counter until Monday.</p></td></tr>
        {Book("The Lighthouse Ledger", "A keeper counts ships for forty years, and one night the numbers do not add up.")}
        {Book("The Cartographer's Kitchen", "Recipes from places that were on the map once, with the maps.")}
        {Book("Winter of the Small Trains", "A village builds a railway in its library to keep warm, and somebody boards it.")}
        <tr><td style="padding:24px;font-size:12px">Sent to {mail.To} because you asked us to. <a href="https://{Mailing.SenderDomain}/unsubscribe/{mail.Id}">Ask us to stop.</a></td></tr>
        </table></td></tr></table>
        </body>
        </html>
        """;

    private static string Book(string title, string words) =>
        $"""<tr><td style="padding:12px 24px;border-top:1px solid #ddd6c8"><h2 style="margin:0 0 6px">{title}</h2><p style="margin:0">{words}</p></td></tr>""";
}
