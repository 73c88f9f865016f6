namespace EnhancedMta.Providers;

/// <summary>A named group of sites (DESIGN, words).</summary>
/// <param name="Name">How rules name it.</param>
/// <param name="Label">For people.</param>
/// <param name="MxMasks">Of its MX hosts: <c>*.google.com</c>, with <c>*</c> for any characters and <c>?</c> for one.</param>
public sealed record Provider(string Name, string Label, IReadOnlyList<string> MxMasks);
