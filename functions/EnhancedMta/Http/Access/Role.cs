namespace EnhancedMta.Http.Access;

/// <summary>What a key is good for. Each function is open to one of them, and to <see cref="Admin"/>.</summary>
public enum Role
{
    /// <summary>No key is asked for: health, the API's description, the dashboard's page without its data.</summary>
    Anyone,

    /// <summary>To see deliveries, logs, feedback, paths and rules. Addresses of recipients are among it.</summary>
    Read,

    /// <summary>To declare, relay and stop deliveries.</summary>
    Ingest,

    /// <summary>To tell what came back; of one source.</summary>
    Bounces,

    /// <summary>Everything: to change paths, mode, keys and verdicts, too.</summary>
    Admin,
}
