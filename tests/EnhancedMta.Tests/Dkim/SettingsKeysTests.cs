using EnhancedMta.Dkim;

namespace EnhancedMta.Tests.Dkim;

public sealed class SettingsKeysTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_file_is_read_again_when_it_changes_and_else_its_key_stays_the_same_object()
    {
        var keys = new SettingsKeys([new("example.com", "s1", PrivateKeyOrigin.File(_file))]);
        Assert.Null(Only(keys).Key);

        // Broken keys are read again without a sign of change: a file may be written twice within one tick.
        File.WriteAllText(_file, Verified.Pkcs8Pem);
        var first = Only(keys).Key;
        Assert.Equal(Verified.Key.Fingerprint, first!.Fingerprint);
        Assert.Same(first, Only(keys).Key);

        File.WriteAllText(_file, Verified.Ed25519Pem);
        File.SetLastWriteTimeUtc(_file, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal("ed25519-sha256", Only(keys).Key!.Algorithm);
    }

    [Fact]
    public void A_broken_key_says_which_it_is_where_it_is_and_what_is_wrong()
    {
        Assert.Contains("s1._domainkey.example.com", Only(new SettingsKeys([new("example.com", "s1", PrivateKeyOrigin.File("missing.pem"))])).Fault, StringComparison.Ordinal);
        Assert.Contains("missing.pem", Only(new SettingsKeys([new("example.com", "s1", PrivateKeyOrigin.File("missing.pem"))])).Fault, StringComparison.Ordinal);
        var pem = Verified.Pkcs8Pem.Remove(300, 200);
        Secrets.AssertNotIn(pem, Only(new SettingsKeys([new("example.com", "s1", PrivateKeyOrigin.Pem(pem))])).ToString());
    }

    private static DkimKeyEntry Only(SettingsKeys keys) => Assert.Single(keys.Read());
}
