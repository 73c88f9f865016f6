namespace EnhancedMta.Ingestion.Admission;

/// <summary>Whether a relay request is let in. To be disposed of when the request is through.</summary>
public sealed class AdmissionDecision : IDisposable
{
    private Action? _end;

    private AdmissionDecision(Overload? overload, TimeSpan retryAfter, Action? end) => (Overload, RetryAfter, _end) = (overload, retryAfter, end);

    /// <summary>Why it is refused; null when it is let in.</summary>
    public Overload? Overload { get; }

    /// <summary>When a refused one may come again: whole seconds.</summary>
    public TimeSpan RetryAfter { get; }

    internal static AdmissionDecision LetIn(Action end) => new(null, TimeSpan.Zero, end);

    internal static AdmissionDecision Refuse(Overload overload, TimeSpan retryAfter) => new(overload, retryAfter, null);

    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}
