using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Dkim;

/// <summary>Signs the octets that go out (RFC 6376): relaxed/relaxed, the whole body, each signed field listed once more than it is there.</summary>
public sealed class DkimSigner(TimeProvider time)
{
    // What a reader sees, what answers follow, and what receivers act on. A name that is present is signed, and its one more entry in h=
    // stands for "and no other" (RFC 6376 §5.4.2, §8.15).
    private static readonly byte[][] SignedNames =
    [
        .. new[]
        {
            "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
            "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
            "List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe", "List-Post", "List-Owner", "List-Archive",
            "Feedback-ID",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[] SignatureName = "DKIM-Signature"u8.ToArray();

    // As many as threads that sign at once; they hold hash states and lists, nothing of a message.
    private readonly ConcurrentStack<SigningWorkspace> _free = new();

    /// <summary>Signs a message, in place of a signature of the same domain that it may have. Those of other domains stay.</summary>
    /// <param name="content">Header and body, CRLF line ends.</param>
    /// <param name="key">Signs.</param>
    /// <param name="leading">Fields to put before the signature, not signed.</param>
    /// <returns>The signed message, in an array of its own.</returns>
    public byte[] Sign(ReadOnlySpan<byte> content, DkimKey key, ReadOnlySpan<byte> leading = default)
    {
        if (!_free.TryPop(out var work))
            work = new SigningWorkspace();
        var signed = Sign(content, key, leading, work);
        // Not after a fault: half a hash may be left in it.
        _free.Push(work);
        return signed;
    }

    // Steps: find the fields, and our domain's old signatures among them; hash the body; write the signature's field without its value;
    // hash the signed fields and that one; sign; put the leading fields and it before the
    // message without the old signatures.
    private byte[] Sign(ReadOnlySpan<byte> content, DkimKey key, ReadOnlySpan<byte> leading, SigningWorkspace work)
    {
        var body = HeaderField.ReadAll(content, work.Fields);
        TakeOldSignatures(content, key.Domain, work);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        work.Hash.AddBody(content[body..]);
        work.Hash.Finish(hash);

        work.Begin(key, time.GetUtcNow().ToUnixTimeSeconds());
        foreach (var name in SignedNames)
            AddFields(content, name, work);
        work.EndNames();
        work.AddBodyHash(hash);
        work.Hash.AddField(SignatureName, work.Value, isLast: true);
        work.Hash.Finish(hash);

        Span<byte> signature = stackalloc byte[key.SignatureLength];
        key.Sign(hash, signature);
        work.AddSignature(signature);
        return Join(work, content, leading);
    }

    private static void TakeOldSignatures(ReadOnlySpan<byte> content, string domain, SigningWorkspace work)
    {
        work.OldSignatures.Clear();
        foreach (var field in work.Fields)
        {
            if (Ascii.EqualsIgnoreCase(field.Name(content), SignatureName) && TagList.HasDomain(field.Value(content), domain))
                work.OldSignatures.Add(field);
        }
    }

    // RFC 6376 §5.4.2: of fields with the same name the last is signed first.
    private static void AddFields(ReadOnlySpan<byte> content, ReadOnlySpan<byte> name, SigningWorkspace work)
    {
        var found = 0;
        for (var i = work.Fields.Count - 1; i >= 0; i--)
        {
            var field = work.Fields[i];
            if (field.NameLength != name.Length || !Ascii.EqualsIgnoreCase(field.Name(content), name))
                continue;
            work.Hash.AddField(name, field.Value(content));
            work.AddName(name);
            found++;
        }
        if (found > 0)
            work.AddName(name);
    }

    private static byte[] Join(SigningWorkspace work, ReadOnlySpan<byte> content, ReadOnlySpan<byte> leading)
    {
        var removed = 0;
        foreach (var old in work.OldSignatures)
            removed += old.End - old.Start;
        var signed = GC.AllocateUninitializedArray<byte>(leading.Length + SignatureName.Length + 1 + work.Value.Length + 2 + content.Length - removed);
        var rest = signed.AsSpan();
        Put(leading, ref rest);
        Put(SignatureName, ref rest);
        Put(":"u8, ref rest);
        Put(work.Value, ref rest);
        Put("\r\n"u8, ref rest);
        var kept = 0;
        foreach (var old in work.OldSignatures)
        {
            Put(content[kept..old.Start], ref rest);
            kept = old.End;
        }
        Put(content[kept..], ref rest);
        return signed;
    }

    private static void Put(ReadOnlySpan<byte> octets, ref Span<byte> target)
    {
        octets.CopyTo(target);
        target = target[octets.Length..];
    }
}
