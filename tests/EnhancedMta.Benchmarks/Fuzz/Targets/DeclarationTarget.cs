using EnhancedMta.Deliveries;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>The declaration of a delivery: what is wrong in it is named, and nothing else is thrown.</summary>
internal sealed class DeclarationTarget() : FuzzTarget("declarations", weight: 10, maxLength: DeclarationReader.MaxLength)
{
    public override IReadOnlyList<byte[]> Seeds { get; } = Octets(
        """{"label":"Autumn","sender":"Shop <news@shop.example>","validityPeriod":"P3DT12H","priority":"transactional","expectedSize":100000,"metadata":{"campaign":"x"}}""",
        """{"label":"Autumn","validityPeriod":"PT1H30M","priority":"marketing","expectedSize":1,"retry":{"period":"PT1H","max":5},"mx":{}}""");

    public override IReadOnlyList<byte[]> Words { get; } = Octets(
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "null", "true", "-1", "1e999", "99999999999999999999", "\"P1Y\"", "\"PT0S\"", "\"P99999999999D\"", "\"validityPeriod\":", "\"sender\":", "\"expectedSize\":", "\"metadata\":", "é", "\0", "<", ">", "@", "//", "/*");

    public override void Read(byte[] input, Random random)
    {
        var errors = DeclarationReader.Read("DM42", input, out var declaration);
        Hold(errors.Count > 0 == (declaration is null), "neither an error nor a declaration, or both");
    }
}
