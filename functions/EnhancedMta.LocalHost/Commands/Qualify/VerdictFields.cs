using System.Text.Json;
using EnhancedMta.Qualification;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>A verdict as the command's lines have it.</summary>
internal static class VerdictFields
{
    public static void WriteVerdict(this Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteString("type"u8, TypeName(verdict.Type));
        json.WriteNumber("reason"u8, (int)verdict.Reason);
        json.WriteString("reasonLabel"u8, verdict.Reason.Label());
        json.WriteNumber("code"u8, (int)verdict.Code);
        json.WriteString("codeName"u8, verdict.Code.ToString());
        json.WriteString("class"u8, ClassNames.Of(verdict.Class));
        json.WriteString("rule"u8, verdict.Rule);
    }

    private static string TypeName(FailureType type) => type switch
    {
        FailureType.Hard => nameof(FailureType.Hard),
        FailureType.Soft => nameof(FailureType.Soft),
        _ => nameof(FailureType.Ignored),
    };
}
