using System.Security.Cryptography;

namespace EnhancedMta.Dkim;

/// <summary>Keys of the settings. Files are read again when they change, or could not be read.</summary>
internal sealed class SettingsKeys(IReadOnlyList<DkimKeySetting> settings)
{
    private readonly (DateTime? Stamp, DkimKeyEntry? Entry)[] _read = new (DateTime?, DkimKeyEntry?)[settings.Count];

    /// <summary>In the order of the settings. For one thread at a time.</summary>
    public IReadOnlyList<DkimKeyEntry> Read()
    {
        for (var i = 0; i < _read.Length; i++)
        {
            // The stamp first: what is written while it is read is read again.
            var stamp = settings[i].PrivateKey.Stamp;
            if (_read[i].Entry is not { Key: not null } || _read[i].Stamp != stamp)
                _read[i] = (stamp, Read(settings[i]));
        }
        return [.. _read.Select(read => read.Entry!)];
    }

    private static DkimKeyEntry Read(DkimKeySetting setting)
    {
        var (domain, selector, origin) = (setting.Domain, setting.Selector, setting.PrivateKey.ToString());
        try
        {
            return DkimKeyEntry.Good(PrivateKeyReader.Read(domain, selector, setting.PrivateKey.Read()), origin);
        }
        catch (CryptographicException e)
        {
            return DkimKeyEntry.Broken(domain, selector, origin, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return DkimKeyEntry.Broken(domain, selector, origin, $"cannot be read ({e.GetType().Name})");
        }
    }
}
