using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>What a step calls: a processor that is held for the length of the chain, or the reason why there is none.</summary>
/// <remarks>One object serves all calls of a generation.</remarks>
internal abstract class StepTarget
{
    /// <summary>Null when there is none.</summary>
    public abstract IExecutionProcessor? Processor { get; }

    /// <summary>Empty when there is none.</summary>
    public abstract string Version { get; }

    /// <summary>Why there is no processor; null when there is one.</summary>
    public abstract string? Unavailable { get; }

    /// <summary>Whether it is known to hand results to somebody else, so that it is tried again when it did not work.</summary>
    public virtual bool IsDelivery => false;

    /// <summary>Asks to call it now.</summary>
    public virtual CallEntry TryEnter(out string? refusal)
    {
        refusal = null;
        return CallEntry.Open;
    }

    /// <summary>After <see cref="CallEntry.Full"/>: waits until another call has ended.</summary>
    /// <param name="resume">To be called once, from any thread, when it is worth asking again. Must return at once.</param>
    /// <returns>False when it is worth asking again right now; then nothing is called.</returns>
    public virtual bool Park(Action resume) => false;

    /// <summary>The call has ended or was abandoned. Exactly once after each <see cref="CallEntry.Open"/>.</summary>
    public virtual void Exit(CallVerdict verdict)
    {
    }

    /// <summary>The plugin's log for one call.</summary>
    public abstract IPluginLog LogFor(ExecutionInfo execution);

    /// <summary>A call did not end in its time and goes on without us. Called while the chain still holds the processor.</summary>
    /// <returns>Holds what the call runs in; to be disposed when the call has ended after all.</returns>
    public abstract IDisposable CallAbandoned();
}
