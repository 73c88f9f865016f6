using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>
/// Faults that a real storage service produces too rarely: sits below the SDK's retries, so each request may fail before it was made
/// or after (the answer gets lost), and a process may die before or after its n-th request.
/// </summary>
internal sealed class StorageFaults(int seed) : HttpPipelinePolicy
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private int _untilDeath = int.MaxValue;
    private bool _dead;

    /// <summary>Of all requests, so many fail and may be tried again.</summary>
    public double Rate { get; set; }

    /// <summary>The process dies when it comes to such a request, which is not made.</summary>
    public Func<Request, bool>? DiesBefore { get; set; }

    public bool IsDead => Volatile.Read(ref _dead);

    public int Injected { get; private set; }

    /// <summary>The process dies at its n-th request from now: half of the times the request is still made.</summary>
    public void DieAfter(int requests)
    {
        lock (_lock)
            _untilDeath = requests;
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var fault = Before(message);
        ProcessNext(message, pipeline);
        After(fault);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var fault = Before(message);
        await ProcessNextAsync(message, pipeline);
        After(fault);
    }

    private Fault Before(HttpMessage message)
    {
        lock (_lock)
        {
            if (_dead)
                throw new ProcessDiedException();
            if (DiesBefore?.Invoke(message.Request) == true)
            {
                Injected++;
                _dead = true;
                throw new ProcessDiedException();
            }

            if (--_untilDeath <= 0)
            {
                Injected++;
                // From here on nothing of this process reaches storage.
                _dead = true;
                return _random.Next(2) == 0 ? throw new ProcessDiedException() : Fault.Death;
            }

            if (_random.NextDouble() >= Rate)
                return Fault.None;
            Injected++;
            return _random.Next(2) == 0
                ? throw new RequestFailedException(503, $"Injected: {message.Request.Method} was not made", "ServerBusy", null)
                : Fault.LostAnswer;
        }
    }

    private static void After(Fault fault)
    {
        switch (fault)
        {
            case Fault.LostAnswer:
                throw new IOException("Injected: the answer got lost.");
            case Fault.Death:
                throw new ProcessDiedException();
        }
    }

    private enum Fault
    {
        None,
        LostAnswer,
        Death,
    }
}

/// <summary>What no code can catch in earnest: the process is gone.</summary>
internal sealed class ProcessDiedException() : Exception("The process died here.");
