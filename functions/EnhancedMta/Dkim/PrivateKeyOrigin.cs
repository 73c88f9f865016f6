namespace EnhancedMta.Dkim;

/// <summary>Where a private key is given: as PEM text in a setting, or in a file. Printing it shows the path, never the key.</summary>
public sealed class PrivateKeyOrigin
{
    private readonly string _text;

    private PrivateKeyOrigin(string text, bool isFile) => (_text, IsFile) = (text, isFile);

    public bool IsFile { get; }

    public static PrivateKeyOrigin Pem(string pem) => new(pem, isFile: false);

    public static PrivateKeyOrigin File(string path) => new(path, isFile: true);

    /// <summary>Changes when the file does; null when there is none to look at.</summary>
    internal DateTime? Stamp => IsFile && System.IO.File.Exists(_text) ? System.IO.File.GetLastWriteTimeUtc(_text) : null;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    internal string Read() => IsFile ? System.IO.File.ReadAllText(_text) : _text;

    public override string ToString() => IsFile ? _text : "the setting's PEM text";
}
