using EnhancedMta.Batches;
using EnhancedMta.Dkim;
using EnhancedMta.Egresses;
using EnhancedMta.Incidents;
using EnhancedMta.ReturnPaths;
using EnhancedMta.Smtp;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Relaying;

/// <summary>What is handed over: the content, where it lies in its pack, with our trace and signature before it, in an envelope of its own.</summary>
internal sealed class MessageComposition(DkimKeyring keyring, DkimSigner signer, ReturnPathCodec returnPaths, OutcomeRules rules, IncidentLog incidents)
{
    private readonly SigningTurns _turns = new(Environment.ProcessorCount);

    /// <param name="item">The message.</param>
    /// <param name="egress">By which it goes.</param>
    /// <param name="run">Its batch's.</param>
    /// <returns>The mail, or what hinders it: a key that cannot be used.</returns>
    public async Task<(OutboundMail? Mail, Outcome? Fault)> ComposeAsync(RelayItem item, Egress egress, RelayRun run)
    {
        var partition = run.Pack!.Header.LogPartition;
        var sender = run.CopySender ?? returnPaths.Encode(partition.DeliveryId, partition.Shard, item.Message.MessageId);
        var content = run.Pack.Content(item.Index);
        ReadOnlyMemory<byte> leading = TraceHeader.Of(egress.HeloHost, run.Pack.Header, item.Index, run.IsCopy ? null : sender);
        switch (run.IsNative ? null : await keyring.FindAsync(item.Message.FromDomain, run.Stop).ConfigureAwait(false))
        {
            case DkimKeyLookup.Found(var keys):
                (leading, content) = await SignAsync(item, content, keys, leading, run.Lane).ConfigureAwait(false);
                break;
            case DkimKeyLookup.NotUsable(var domain, var reason):
                await incidents.RaiseStandingAsync(DkimIncidents.MailWaits, domain, reason, run.Stop).ConfigureAwait(false);
                return (null, rules.LocalFault(item, LocalError.SigningFailed, reason, run.Expires));
            case null or DkimKeyLookup.GoesUnsigned:
                break;
            default:
                // Never unsigned by oversight.
                throw new InvalidOperationException("A lookup that nobody knows.");
        }

        var to = item.Message.To;
        return (new OutboundMail(sender, to.ToString(), content, to.NeedsSmtpUtf8, item.Message.EightBit) { Leading = leading }, null);
    }

    private async ValueTask<SignedMail> SignAsync(RelayItem item, ReadOnlyMemory<byte> content, IReadOnlyList<DkimKey> keys, ReadOnlyMemory<byte> trace, Lane lane)
    {
        var waits = lane != Lane.Transactional;
        if (waits)
            await _turns.BeginAsync().ConfigureAwait(false);
        try
        {
            using var step = Traces.Step("sign");
            using var phase = Phases.Compute(Phases.Sign);
            return signer.Sign(content, keys, item.Message.FromDomain, trace.Span);
        }
        finally
        {
            if (waits)
                _turns.End();
        }
    }
}
