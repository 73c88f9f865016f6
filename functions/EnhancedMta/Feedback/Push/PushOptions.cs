using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.Feedback.Push;

/// <summary>Times of the push, and what is for laboratories; no app settings.</summary>
public sealed record PushOptions
{
    /// <summary>Whom an endpoint's certificate must come from; null for those that the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>For a whole post.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a worker goes on before it lets another begin, well below the host's time-out.</summary>
    public TimeSpan RunTime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a worker's claim on an endpoint holds: longer than it runs, with its last post.</summary>
    public TimeSpan ClaimLifetime { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>An endpoint that fails for so long is an incident.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromHours(1);
}
