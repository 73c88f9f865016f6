using EnhancedMta.Batches;
using EnhancedMta.Schedule;

namespace EnhancedMta.Modes;

/// <summary>Looking at the mode and changing it, as an operator.</summary>
/// <param name="modes">What holds.</param>
/// <param name="waiting">What is held.</param>
/// <param name="native">Whether there is a way to Campaign's own MTA.</param>
public sealed class ModeChange(ModeSwitch modes, WaitingBatches waiting, NativeMta native)
{
    /// <summary>Why the mode cannot be set; null when it can.</summary>
    public string? Obstacle(OperatingMode mode) => mode == OperatingMode.Native && native.Egress is null
        ? "Campaign's native MTA is not configured: set EnhancedMta__NativeMta__Smarthost to its host and port."
        : null;

    /// <returns>The state, and how many batches are held by lane.</returns>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<(ModeState State, int Marketing, int Transactional)> ShowAsync(CancellationToken cancellationToken) =>
    (
        await modes.ReadAsync(cancellationToken).ConfigureAwait(false),
        await waiting.HeldAsync(Lane.Marketing, cancellationToken).CountAsync(cancellationToken).ConfigureAwait(false),
        await waiting.HeldAsync(Lane.Transactional, cancellationToken).CountAsync(cancellationToken).ConfigureAwait(false)
    );

    /// <exception cref="Azure.RequestFailedException">Storage failed, or somebody else changed it at the same moment (412).</exception>
    public Task<ModeState> SetAsync(OperatingMode mode, string? reason, CancellationToken cancellationToken) => modes.SetAsync(mode, reason, cancellationToken);
}
