namespace EnhancedMta.Ingestion;

/// <summary>What a message lacks to be unsubscribed from by one click.</summary>
public enum UnsubscribeFault
{
    None,
    /// <summary>No List-Unsubscribe field (RFC 2369 §3.2).</summary>
    NoField,
    /// <summary>No https URI in it: a mailto cannot be clicked (RFC 8058 §3.1).</summary>
    NoHttps,
    /// <summary>No List-Unsubscribe-Post field with the value <c>List-Unsubscribe=One-Click</c>.</summary>
    NoPost,
    /// <summary>A field is there twice, so that readers choose one (RFC 2369: at most one of each).</summary>
    Twice,
}

/// <summary>Collects, field by field, whether a message can be unsubscribed from by one click (RFC 8058), as large providers ask of bulk mail.</summary>
internal struct OneClickUnsubscribe
{
    private int _lists;
    private int _posts;
    private bool _hasHttps;
    private bool _isOneClick;

    public readonly UnsubscribeFault Fault =>
        _lists == 0 ? UnsubscribeFault.NoField
        : _lists > 1 || _posts > 1 ? UnsubscribeFault.Twice
        : !_hasHttps ? UnsubscribeFault.NoHttps
        : !_isOneClick ? UnsubscribeFault.NoPost
        : UnsubscribeFault.None;

    public void See(HeaderField field)
    {
        if (field.Is("List-Unsubscribe"u8))
        {
            _lists++;
            _hasHttps |= HasHttps(field.Value);
        }
        else if (field.Is("List-Unsubscribe-Post"u8))
        {
            _posts++;
            _isOneClick |= field.Value.SequenceEqual("List-Unsubscribe=One-Click"u8);
        }
    }

    // RFC 2369 §2: URIs in angle brackets; white space inside them, as folding leaves it, does not count.
    private static bool HasHttps(ReadOnlySpan<byte> value)
    {
        var scheme = "https://"u8;
        for (var open = value.IndexOf((byte)'<'); open >= 0; open = value.IndexOf((byte)'<'))
        {
            value = value[(open + 1)..];
            var matched = 0;
            foreach (var octet in value)
            {
                if (octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                    continue;
                if (matched == scheme.Length)
                {
                    if (octet is not ((byte)'>' or (byte)'/'))
                        return true;
                    break;
                }
                if ((octet is >= (byte)'A' and <= (byte)'Z' ? octet | 0x20 : octet) != scheme[matched])
                    break;
                matched++;
            }
        }
        return false;
    }
}
