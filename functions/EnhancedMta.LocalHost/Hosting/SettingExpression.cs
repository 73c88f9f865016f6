using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Attribute values with <c>%Name%</c> in place of an app setting.</summary>
internal static partial class SettingExpression
{
    /// <exception cref="InvalidOperationException">The setting is absent.</exception>
    public static string Resolve(string text, IConfiguration settings) => Setting().Replace(text, match =>
    {
        var name = match.Groups[1].Value;
        return settings[name.Replace("__", ":", StringComparison.Ordinal)]
            ?? throw new InvalidOperationException($"'{text}' reads the app setting '{name}', which is absent. Add it to Values in local.settings.json.");
    });

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Setting();
}
