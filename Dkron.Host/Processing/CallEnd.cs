using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>How a call ended, free of anything that belongs to the plugin but its result, which is the contract's own type.</summary>
/// <param name="Result">What the processor returned; null when it returned nothing or threw.</param>
/// <param name="Error">What it threw, as text; null when it threw nothing.</param>
/// <param name="WasCancelled">Whether it gave up because it was told to.</param>
internal readonly record struct CallEnd(ProcessorResult? Result, string? Error, bool WasCancelled)
{
    public CallVerdict Verdict => Result is null ? CallVerdict.Faulted : CallVerdict.Worked;

    /// <summary>Reads the end of a call that has ended. The only place that touches the plugin's task.</summary>
    public static CallEnd Of(ValueTask<ProcessorResult> ended)
    {
        try
        {
#pragma warning disable VSTHRD002 // It has ended: nothing is waited for.
            return new(ended.GetAwaiter().GetResult(), null, false);
#pragma warning restore VSTHRD002
        }
#pragma warning disable CA1031 // A plugin may throw anything; the chain goes on without it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Of(e);
        }
    }

    /// <summary>Turns a plugin's exception into text: holding it would hold the plugin's load context.</summary>
    public static CallEnd Of(Exception thrown)
    {
        try
        {
            return new(null, $"{thrown.GetType().FullName}: {thrown.Message}", thrown is OperationCanceledException);
        }
#pragma warning disable CA1031 // Message is virtual: a plugin's exception can throw from it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new(null, $"{thrown.GetType().FullName}, whose Message threw {e.GetType().FullName}", false);
        }
    }
}
