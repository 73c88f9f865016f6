using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EnhancedMta.Egresses;

namespace EnhancedMta.Smtp;

/// <summary>
/// The client's half of SOCKS5 (RFC 1928, RFC 1929) on a connected socket. Ours and not MailKit's: that one gives the reply code away as
/// a sentence, and does not tell a proxy that is silent from a target that is, where we must know whose fault it was.
/// </summary>
internal static class Socks5
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte UserNamePassword = 2;
    private const byte NoneAcceptable = 0xFF;
    private const byte Connect = 1;
    private const byte V4 = 1;
    private const byte DomainName = 3;
    private const byte V6 = 4;

    /// <summary>Agrees on a method, and logs in when that is asked for.</summary>
    /// <exception cref="SessionFailedException">The proxy does not let us in, or is none.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="SocketException">The same.</exception>
    public static async Task GreetAsync(Socket socket, EgressCredentials? credentials, CancellationToken cancellationToken)
    {
        byte[] greeting = credentials is null ? [Version, 1, NoAuthentication] : [Version, 2, NoAuthentication, UserNamePassword];
        await SendAsync(socket, greeting, cancellationToken);
        var answer = await ReadAsync(socket, 2, cancellationToken);
        if (answer[0] != Version)
            throw Failed("does not speak SOCKS5");
        switch (answer[1])
        {
            case NoAuthentication:
                return;
            case UserNamePassword when credentials is not null:
                await LogInAsync(socket, credentials, cancellationToken);
                return;
            case NoneAcceptable:
                throw Failed(credentials is null ? "asks for a user name and password" : "accepts none of the methods that we offer");
            default:
                throw Failed($"asks for method {answer[1]}, which we did not offer");
        }
    }

    /// <summary>Asks for a connection to the target.</summary>
    /// <returns>The reply code; 0 when the connection is there.</returns>
    /// <exception cref="SessionFailedException">What came is no SOCKS5.</exception>
    public static async Task<byte> ConnectAsync(Socket socket, IPEndPoint target, CancellationToken cancellationToken)
    {
        var address = target.Address.IsIPv4MappedToIPv6 ? target.Address.MapToIPv4() : target.Address;
        var octets = address.GetAddressBytes();
        var request = new byte[4 + octets.Length + 2];
        (request[0], request[1], request[3]) = (Version, Connect, octets.Length == 4 ? V4 : V6);
        octets.CopyTo(request, 4);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4 + octets.Length), (ushort)target.Port);
        await SendAsync(socket, request, cancellationToken);

        // Not an octet more than the reply: what follows it is the server's greeting already.
        var reply = await ReadAsync(socket, 4, cancellationToken);
        if (reply[0] != Version)
            throw Failed("does not speak SOCKS5");
        if (reply[1] != 0)
            return reply[1];
        var length = reply[3] switch
        {
            V4 => 4,
            V6 => 16,
            DomainName => (await ReadAsync(socket, 1, cancellationToken))[0],
            _ => throw Failed($"answers with an address of type {reply[3]}"),
        };
        await ReadAsync(socket, length + 2, cancellationToken);
        return 0;
    }

    /// <summary>What a reply code says (RFC 1928 §6).</summary>
    public static string Describe(byte code) => code switch
    {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => $"reply code {code}",
    };

    private static async Task LogInAsync(Socket socket, EgressCredentials credentials, CancellationToken cancellationToken)
    {
        var (user, password) = (Encoding.UTF8.GetBytes(credentials.UserName), Encoding.UTF8.GetBytes(credentials.Password));
        byte[] request = [1, (byte)user.Length, .. user, (byte)password.Length, .. password];
        await SendAsync(socket, request, cancellationToken);
        byte[] answer;
        try
        {
            answer = await ReadAsync(socket, 2, cancellationToken);
        }
        // RFC 1929 §2: a server must close after a refusal. Some are so quick that the refusal is lost.
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            throw Failed($"closed the connection when user '{credentials.UserName}' logged in");
        }
        if (answer[1] != 0)
            throw Failed($"refuses user '{credentials.UserName}'");
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty)
            octets = octets[await socket.SendAsync(octets, SocketFlags.None, cancellationToken)..];
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int length, CancellationToken cancellationToken)
    {
        var octets = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = await socket.ReceiveAsync(octets.AsMemory(read), SocketFlags.None, cancellationToken);
            if (more == 0)
                throw new EndOfStreamException("it closed the connection");
            read += more;
        }
        return octets;
    }

    private static SessionFailedException Failed(string what) => new(LocalError.EgressFailed, null, what);
}
