namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>Watches the sink at work. Called by many sessions at once, and at the moment itself, so it should be quick.</summary>
public class SinkObserver
{
    /// <summary>A client has connected.</summary>
    /// <param name="persona">To whom.</param>
    /// <param name="hasLeft">Whether it has closed the connection, which the session may not have read yet.</param>
    public virtual void Opened(Persona persona, Func<bool> hasLeft)
    {
    }

    /// <summary>A session has ended: just before QUIT is answered, or when the client is gone.</summary>
    /// <param name="persona">With whom.</param>
    /// <param name="hasLeft">As it was given when the session began.</param>
    public virtual void Closed(Persona persona, Func<bool> hasLeft)
    {
    }

    /// <summary>MAIL FROM was accepted.</summary>
    /// <param name="persona">By whom.</param>
    /// <param name="number">Of the session's accepted MAIL commands, from 1.</param>
    public virtual void Began(Persona persona, int number)
    {
    }

    /// <summary>A message was taken, just before its data is answered.</summary>
    /// <param name="persona">By whom.</param>
    /// <param name="messageId">With its angle brackets; null without one.</param>
    /// <param name="recipient">The first.</param>
    public virtual void Took(Persona persona, string? messageId, string recipient)
    {
    }
}
