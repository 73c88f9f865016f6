using System.Collections.Concurrent;
using System.Text;

namespace EnhancedMta.Dkim;

/// <summary>Signs the octets that go out (RFC 6376): relaxed/relaxed, the whole body, and names of fields that nobody may add.</summary>
public sealed class DkimSigner(TimeProvider time)
{
    // What a reader sees, what answers follow, what receivers act on, and what tells how to read the body. Each has one more entry in
    // h= than there are fields, also when there is none: it stands for "and no other" (RFC 6376 §5.4.2, §8.15).
    private static readonly byte[][] AlwaysSigned = Names(
        "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding");

    // Signed in the same way where they are; where not, a mailing list may add its own.
    private static readonly byte[][] SignedIfPresent = Names(
        "Sender", "Cc", "In-Reply-To", "References", "List-Id", "List-Help", "List-Subscribe", "List-Post", "List-Owner", "List-Archive", "Feedback-ID");

    private static readonly byte[] SignatureName = "DKIM-Signature"u8.ToArray();

    // As many as threads that sign at once; they hold hash states and lists, nothing of a message.
    private readonly ConcurrentStack<SigningWorkspace> _free = new();

    /// <summary>Signs a message with each of the keys. The body is hashed once.</summary>
    /// <param name="content">Header and body, CRLF line ends.</param>
    /// <param name="keys">One or more, of one domain: the From address's own or one above it.</param>
    /// <param name="fromDomain">Of the From address, lower case, A-labels. Signatures that it has already in this domain's name or that of a
    /// domain between it and the keys' are taken away: there is one signer for them. Those of others stay (RFC 6376 §4.2).</param>
    /// <param name="leading">Fields to put before the signatures, not signed.</param>
    /// <returns>The leading fields and the signatures, and the message, which is not copied unless a signature is taken away.</returns>
    public SignedMail Sign(ReadOnlyMemory<byte> content, IReadOnlyList<DkimKey> keys, string fromDomain, ReadOnlySpan<byte> leading = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfZero(keys.Count);
        if (!_free.TryPop(out var work))
            work = new SigningWorkspace();
        var signed = Sign(content, keys, fromDomain, leading, work);
        // Not after a fault: half a hash may be left in it.
        _free.Push(work);
        return signed;
    }

    // Steps: find the fields, and our domains' old signatures among them; hash the body and gather the signed fields, once for all keys;
    // make each key's field; put these behind the leading fields, and take the old signatures out of the message.
    private SignedMail Sign(ReadOnlyMemory<byte> message, IReadOnlyList<DkimKey> keys, string fromDomain, ReadOnlySpan<byte> leading, SigningWorkspace work)
    {
        var content = message.Span;
        var body = HeaderField.ReadAll(content, work.Fields);
        TakeOldSignatures(content, keys[0].Domain, fromDomain, work);

        work.Begin(content[body..], time.GetUtcNow().ToUnixTimeSeconds());
        foreach (var name in AlwaysSigned)
        {
            AddFields(content, name, work);
            work.AddName(name);
        }
        foreach (var name in SignedIfPresent)
        {
            if (AddFields(content, name, work))
                work.AddName(name);
        }
        work.EndFields();
        foreach (var key in keys)
            work.Sign(key, SignatureName);
        return new SignedMail((byte[])[.. leading, .. work.Signatures.Written], work.OldSignatures.Count == 0 ? message : Without(work.OldSignatures, content));
    }

    private static void TakeOldSignatures(ReadOnlySpan<byte> content, string domain, string fromDomain, SigningWorkspace work)
    {
        work.OldSignatures.Clear();
        foreach (var field in work.Fields)
        {
            if (Ascii.EqualsIgnoreCase(field.Name(content), SignatureName) && IsOurs(TagList.Domain(field.Value(content)), domain, fromDomain))
                work.OldSignatures.Add(field);
        }
    }

    /// <summary>The signature's domain is From's or one above that, and not above ours.</summary>
    private static bool IsOurs(ReadOnlySpan<byte> signer, string domain, string fromDomain)
    {
        var above = fromDomain.Length - signer.Length;
        return signer.Length >= domain.Length && above >= 0
            && Ascii.EqualsIgnoreCase(signer, fromDomain.AsSpan(above))
            && (above == 0 || fromDomain[above - 1] == '.');
    }

    // RFC 6376 §5.4.2: of fields with the same name the last is signed first.
    private static bool AddFields(ReadOnlySpan<byte> content, ReadOnlySpan<byte> name, SigningWorkspace work)
    {
        var found = false;
        for (var i = work.Fields.Count - 1; i >= 0; i--)
        {
            var field = work.Fields[i];
            if (field.NameLength != name.Length || !Ascii.EqualsIgnoreCase(field.Name(content), name))
                continue;
            work.AddField(name, field.Value(content));
            found = true;
        }
        return found;
    }

    private static byte[] Without(List<HeaderField> removed, ReadOnlySpan<byte> content)
    {
        var rest = GC.AllocateUninitializedArray<byte>(content.Length - removed.Sum(field => field.End - field.Start));
        var (read, written) = (0, 0);
        foreach (var field in removed)
        {
            content[read..field.Start].CopyTo(rest.AsSpan(written));
            written += field.Start - read;
            read = field.End;
        }

        content[read..].CopyTo(rest.AsSpan(written));
        return rest;
    }

    private static byte[][] Names(params ReadOnlySpan<string> names)
    {
        var octets = new byte[names.Length][];
        for (var i = 0; i < names.Length; i++)
            octets[i] = Encoding.ASCII.GetBytes(names[i]);
        return octets;
    }
}
