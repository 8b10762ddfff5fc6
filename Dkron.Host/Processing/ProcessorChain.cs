using Microsoft.Extensions.Options;

namespace Dkron.Host.Processing;

/// <summary>Hands a finished execution to its processors, one after another, and survives whatever they do.</summary>
/// <remarks>
/// Processors are called on threads of the chain's own, never on the thread pool's: a call that blocks for ever costs one
/// thread, which is replaced, and nobody else waits for it. A supervisor cancels calls at their deadline and, after a grace,
/// abandons them; the chain then goes on without them on another worker.
/// </remarks>
internal sealed class ProcessorChain : IDisposable
{
    private readonly ChainWorkers _workers;
    private readonly CallSupervisor _supervisor;

    public ProcessorChain(IOptions<ProcessingOptions> options, TimeProvider time)
    {
        _workers = new ChainWorkers(options.Value.MaxWorkers);
        _supervisor = new CallSupervisor(time, options.Value.AbandonGrace, _workers.Relieve);
    }

    /// <summary>Calls that were abandoned and have not ended yet.</summary>
    public int AbandonedCalls => _supervisor.AbandonedCalls;

    /// <summary>Calls all steps, and ends when the last of them has ended or was abandoned.</summary>
    /// <remarks>Never throws for what a processor does. There is no cancellation: an execution is processed to its end, and <see cref="Hurry"/> makes that soon.</remarks>
    public Task<ChainResult> ProcessAsync(ChainInput input)
    {
        var run = new ChainRun(input, _workers, _supervisor);
        _supervisor.Add(run);
        _workers.Queue(run);
        return run.Completion;
    }

    /// <summary>Cancels all calls, now and from now on: the host has to end soon.</summary>
    public void Hurry() => _supervisor.Hurry();

    /// <summary>Ends the threads. To be called when no chain runs.</summary>
    public void Dispose()
    {
        _supervisor.Dispose();
        _workers.Dispose();
    }
}
