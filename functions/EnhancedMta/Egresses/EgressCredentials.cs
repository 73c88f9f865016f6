using System.Net;

namespace EnhancedMta.Egresses;

/// <summary>A user name and its password. The password goes to the proxy or smarthost, and shows nowhere else.</summary>
public sealed class EgressCredentials(string userName, string password)
{
    public string UserName { get; } = userName;

    internal string Password { get; } = password;

    public override string ToString() => UserName;

    internal NetworkCredential ForSasl() => new(UserName, Password);
}
