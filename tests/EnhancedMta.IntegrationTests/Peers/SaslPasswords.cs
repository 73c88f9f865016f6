using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>Answers whether a password is right, as saslauthd does for Cyrus SASL: counted strings on a Unix socket.</summary>
internal sealed class SaslPasswords : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly (string User, string Password) _known;
    private readonly Task _answering;

    public SaslPasswords(string path, string user, string password)
    {
        _known = (user, password);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        // The mail server's daemons run as another user.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
        _answering = AnswerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _answering;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptAsync();
                await using var stream = new NetworkStream(client);
                var asked = (User: await ReadAsync(stream), Password: await ReadAsync(stream));
                // Service and realm.
                await ReadAsync(stream);
                await ReadAsync(stream);
                var answer = Encoding.ASCII.GetBytes(asked == _known ? "OK" : "NO");
                await stream.WriteAsync(new byte[] { 0, (byte)answer.Length }.Concat(answer).ToArray());
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The test ends.
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        var length = new byte[2];
        await stream.ReadExactlyAsync(length);
        var text = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(text);
        return Encoding.UTF8.GetString(text);
    }
}
