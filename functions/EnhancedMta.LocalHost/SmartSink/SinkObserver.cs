namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>Watches the sink at work. Called by many sessions at once, and at the moment itself, so it should be quick.</summary>
public class SinkObserver
{
    /// <summary>A client has connected.</summary>
    public virtual void Opened(Persona persona)
    {
    }

    /// <summary>A session has ended: just before QUIT is answered, or when the client is gone.</summary>
    public virtual void Closed(Persona persona)
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
