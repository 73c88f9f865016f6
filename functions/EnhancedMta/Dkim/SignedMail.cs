namespace EnhancedMta.Dkim;

/// <summary>A signed message, in two parts that go out one after the other.</summary>
/// <param name="Leading">The fields put before it: whole lines.</param>
/// <param name="Content">Header and body.</param>
public readonly record struct SignedMail(ReadOnlyMemory<byte> Leading, ReadOnlyMemory<byte> Content);
