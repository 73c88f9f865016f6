using System.Text;
using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails;

/// <summary>Reads delivery status fields (RFC 3464 §2, RFC 6533 §3) wherever they stand: in a part of their own or in the midst of a text.</summary>
internal static class DeliveryStatusFields
{
    private const int MaxGroups = 500;

    private static readonly string[] Recipients = ["Final-Recipient", "Original-Recipient", "X-Actual-Recipient", "X-Original-Recipient"];
    private static readonly string[] Opening = ["Final-Recipient", "Original-Recipient", "Action", "Status"];

    // Of these in a text one alone does not make a report.
    private static readonly string[] Telling = ["Final-Recipient", "Original-Recipient", "Diagnostic-Code"];

    private static readonly HashSet<string> All = new(StringComparer.OrdinalIgnoreCase)
    {
        "Reporting-MTA", "Original-Envelope-Id", "Received-From-MTA", "Arrival-Date", "DSN-Gateway", "Original-Recipient", "Final-Recipient", "Action", "Status",
        "Remote-MTA",
        "Diagnostic-Code", "Last-Attempt-Date", "Will-Retry-Until", "Final-Log-Id", "X-Actual-Recipient", "X-Original-Recipient", "X-Supplementary-Info",
    };

    public static IReadOnlyList<StatusGroup> Read(string text)
    {
        var groups = new List<MailFields>();
        foreach (var block in Blocks(text))
        {
            // A blank line stands where it does not belong: what follows is about the recipient before still.
            if (groups.Count > 0 && !IsOfRecipient(block) && IsOfRecipient(groups[^1]) && !groups[^1].Has("Action") && block.Has("Action"))
                block.CopyTo(groups[^1]);
            else if (groups.Count < MaxGroups)
                groups.Add(block);
        }

        // Nobody's action is everybody's.
        var message = groups.Find(group => !IsOfRecipient(group) && group.Has("Action"));
        var recipients = groups.FindAll(IsOfRecipient);
        if (recipients.Count == 0)
            return message is null ? [] : [Group(message)];
        foreach (var recipient in recipients.Where(recipient => message is not null && !recipient.Has("Action")))
            message!.CopyTo(recipient);
        return [.. recipients.Select(Group)];
    }

    private static bool IsOfRecipient(MailFields fields) => Array.Exists(Recipients, fields.Has);

    /// <summary>Does the text hold such fields without saying so?</summary>
    public static bool AreIn(List<string> lines)
    {
        var names = lines.ConvertAll(line => MailFields.NameOf(line.TrimStart()));
        return names.Exists(name => Is(name, "Action")) && names.Exists(name => Array.Exists(Telling, telling => Is(name, telling)))
            || names.Exists(name => Is(name, "Final-Recipient"));
    }

    /// <summary>Takes the fields out of a text for people, with the lines that continue them.</summary>
    public static void RemoveFrom(List<string> lines)
    {
        var isField = false;
        lines.RemoveAll(line =>
        {
            var continues = isField && line.Length > 0 && line[0] is ' ' or '\t';
            return isField = line.Length > 0 && (continues || (MailFields.NameOf(line.TrimStart()) is { } name && All.Contains(name)));
        });
    }

    private static bool Is(string? name, string other) => name is not null && name.Equals(other, StringComparison.OrdinalIgnoreCase);

    // A blank line ends a group; so does a field that the group has already, where blank lines were left out.
    private static IEnumerable<MailFields> Blocks(string text)
    {
        var block = new MailFields();
        string? name = null;
        var value = new StringBuilder();
        foreach (var untrimmed in text.Split('\n'))
        {
            var line = untrimmed.TrimEnd();
            if (name is not null && line.Length > 0 && line[0] is ' ' or '\t' && !IsField(line.TrimStart()))
            {
                if (value.Length < 8192)
                    value.Append('\n').Append(line.AsSpan().Trim());
                continue;
            }
            if (name is not null)
                block.Add(name, value.ToString());
            name = MailFields.NameOf(line.TrimStart());
            if (block.Count > 0 && (line.Length == 0 || (name is not null && Opens(block, name))))
            {
                yield return block;
                block = new MailFields();
            }
            value.Clear();
            if (name is not null)
                value.Append(line.AsSpan(line.IndexOf(':') + 1).Trim());
        }
        if (name is not null)
            block.Add(name, value.ToString());
        if (block.Count > 0)
            yield return block;
    }

    private static bool Opens(MailFields block, string name) => Array.Exists(Opening, opening => Is(name, opening)) && block.Has(name);

    private static bool IsField(string line) =>
        MailFields.NameOf(line) is { } name && (Array.Exists(Opening, o => Is(name, o)) || Is(name, "Diagnostic-Code") || Is(name, "Remote-MTA"));

    private static StatusGroup Group(MailFields fields)
    {
        var status = fields["Status"] is { } text ? QuotedReply.FindStatus(text) : null;
        var diagnostics = fields.All("Diagnostic-Code").Concat(fields.All("X-Supplementary-Info")).Select(Diagnostic).Where(said => said.Length > 0);
        return new StatusGroup
        {
            OriginalRecipient = RecipientField.Address(fields["Original-Recipient"]) ?? RecipientField.Address(fields["X-Original-Recipient"]),
            FinalRecipient = RecipientField.Address(fields["Final-Recipient"]) ?? RecipientField.Address(fields["X-Actual-Recipient"]),
            Action = Action(fields["Action"]),
            Status = status,
            Diagnostic = string.Join('\n', diagnostics.DefaultIfEmpty(Comment(fields["Status"])).Distinct()),
            RemoteMta = Host(fields["Remote-MTA"]),
        };
    }

    // "failed (permanently)", "Failed;", "failure"
    private static string? Action(string? value)
    {
        var word = value?.Split([' ', '(', ';', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault()?.ToLowerInvariant();
        return word switch
        {
            "failed" or "failure" or "fail" or "error" or "bounced" or "expired" => "failed",
            "delayed" or "deferred" or "delay" => "delayed",
            "delivered" or "relayed" or "expanded" => word,
            _ => null,
        };
    }

    // "4.0.0 (host name lookup failure)"
    private static string Comment(string? status)
    {
        var open = status?.IndexOf('(', StringComparison.Ordinal) ?? -1;
        return open < 0 ? "" : status![(open + 1)..].TrimEnd(')', ' ');
    }

    // type ";" text; the type may be left out, and a text may have a semicolon of its own.
    private static string Diagnostic(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        if (semicolon is < 1 or > 30 || value.AsSpan(0, semicolon).Trim().ContainsAny(" @<:."))
            return value;
        return value[(semicolon + 1)..].Trim();
    }

    private static string? Host(string? value)
    {
        if (value is null)
            return null;
        var text = value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim().Trim('[', ']', '<', '>', '"');
        var end = text.AsSpan().IndexOfAny(" \t\n([");
        text = end < 0 ? text : text[..end];
        return text.Length is > 0 and <= 255 ? text : null;
    }
}
