namespace EnhancedMta.Webhooks;

/// <summary>Amazon's host answered, and what it answered proves nothing. Asking again would not help.</summary>
internal sealed class SnsRefusedException(string reason) : Exception(reason);
