using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.IntegrationTests.Infrastructure;

/// <summary>
/// What is left of a template's expressions once the compiler has expanded it: properties of resources that only Azure knows, and texts around them.
/// Such a property gets a value of its kind, the same one each time.
/// </summary>
internal sealed class ArmExpression
{
    private readonly string _text;
    private int _at;

    private ArmExpression(string text) => _text = text;

    /// <exception cref="FormatException">It has a function that is not known here.</exception>
    public static string Evaluate(string text)
    {
        if (!text.StartsWith('[') || text.StartsWith("[[", StringComparison.Ordinal))
            return text;
        var expression = new ArmExpression(text[1..^1]);
        var value = expression.Value();
        return expression._at == expression._text.Length ? value : throw new FormatException($"What comes after {expression._at} in {text}?");
    }

    private string Value()
    {
        if (Is('\''))
            return Literal();
        if (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            return Word();
        var name = Word();
        List<string> arguments = [];
        Take('(');
        while (!Is(')'))
        {
            arguments.Add(Value());
            if (Is(','))
                Take(',');
            while (Is(' '))
                _at++;
        }
        Take(')');
        var properties = new StringBuilder();
        while (Is('.'))
        {
            Take('.');
            properties.Append('.').Append(Word());
        }
        return Call(name, arguments, properties.ToString());
    }

    private static string Call(string name, List<string> arguments, string property) => name switch
    {
        "format" => string.Format(CultureInfo.InvariantCulture, arguments[0], [.. arguments.Skip(1)]),
        "replace" => arguments[0].Replace(arguments[1], arguments[2], StringComparison.Ordinal),
        "substring" => arguments[0][int.Parse(arguments[1], CultureInfo.InvariantCulture)..],
        "guid" => Known(string.Join('|', arguments)).ToString(),
        "extensionResourceId" => $"{arguments[0]}/providers/{arguments[1]}/{arguments[2]}",
        "environment" => property switch
        {
            ".suffixes.storage" => "core.windows.net",
            ".suffixes.keyvaultDns" => ".vault.azure.net",
            _ => throw new FormatException($"environment(){property} is not known here."),
        },
        "reference" => Property(arguments[0], property),
        _ => throw new FormatException($"{name}() is not known here."),
    };

    private static string Property(string resource, string property) => property switch
    {
        ".primaryEndpoints.blob" or ".primaryEndpoints.queue" or ".primaryEndpoints.table" =>
            $"https://{resource[(resource.LastIndexOf('/') + 1)..]}.{property[(property.LastIndexOf('.') + 1)..]}.core.windows.net/",
        ".vaultUri" => $"https://{resource[(resource.LastIndexOf('/') + 1)..]}.vault.azure.net/",
        ".clientId" or ".principalId" => Known(resource + property).ToString(),
        ".ipAddress" => string.Create(CultureInfo.InvariantCulture, $"192.0.2.{Known(resource).ToByteArray()[0]}"),
        ".ConnectionString" => "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://westeurope.in.applicationinsights.azure.com/",
        ".defaultHostName" => $"{resource[(resource.LastIndexOf('/') + 1)..]}.azurewebsites.net",
        _ => throw new FormatException($"{property} of {resource} is not known here."),
    };

    private static Guid Known(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private string Literal()
    {
        var literal = new StringBuilder();
        for (Take('\''); ; _at++)
        {
            // A quote in a literal is doubled.
            if (Is('\'') && (_at + 1 == _text.Length || _text[++_at] != '\''))
                return literal.ToString();
            literal.Append(_text[_at]);
        }
    }

    private string Word()
    {
        var begin = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            _at++;
        return _text[begin.._at];
    }

    private bool Is(char c) => _at < _text.Length && _text[_at] == c;

    private void Take(char c)
    {
        if (!Is(c))
            throw new FormatException($"'{c}' expected at {_at} of {_text}.");
        _at++;
    }
}
