using System.Buffers;

namespace EnhancedMta.Ingestion;

/// <summary>The octets of one line or array element, or that it was too long to look at.</summary>
internal readonly record struct Frame(int Line, ReadOnlySequence<byte> Octets, bool TooLong);

/// <summary>Cuts a stream into records without parsing them. What is too long is skipped as it arrives, never collected.</summary>
internal abstract class RecordFramer
{
    /// <summary>Takes the next record off the front of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Everything not yet consumed; what remains of it is shown again, with more after it.</param>
    /// <param name="completed">Nothing comes after <paramref name="buffer"/>.</param>
    /// <param name="frame">The record; valid until <paramref name="buffer"/> is given back.</param>
    /// <returns>False when more octets are needed, or at the end.</returns>
    /// <exception cref="RelayRequestException">The records cannot be told apart from here on.</exception>
    public abstract bool TryTake(ref ReadOnlySequence<byte> buffer, bool completed, out Frame frame);
}
