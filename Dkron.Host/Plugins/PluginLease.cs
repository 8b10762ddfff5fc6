using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>A hold on one plugin for one step, or the reason why there is none.</summary>
internal readonly struct PluginLease
{
    private readonly Generation? _generation;
    private readonly string? _unavailable;

    public PluginLease(PluginSlot? slot, Generation? generation, string? unavailable)
    {
        Slot = slot;
        _generation = generation;
        _unavailable = unavailable;
    }

    /// <summary>What to call; null when it is unavailable.</summary>
    public IExecutionProcessor? Processor => _generation?.Processor;

    /// <summary>The plugin's version; empty when it is unavailable.</summary>
    public string Version => _generation?.Version ?? "";

    /// <summary>Which load of the plugin it is, from 1; 0 when it is unavailable.</summary>
    public int Generation => _generation?.Number ?? 0;

    /// <summary>The plugin's log; null when it is unavailable.</summary>
    public PluginLog? Log => _generation?.Log;

    /// <summary>Why it cannot be called, as a sentence; null when it can.</summary>
    public string? Unavailable => _unavailable;

    /// <summary>The place that the lease was taken at.</summary>
    public PluginSlot? Slot { get; }

    /// <summary>Reports that a call did not end in its time and still runs. It holds the generation on its own until the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">Nothing was called, since the plugin is unavailable.</exception>
    public AbandonedCall ReportAbandoned() => _generation?.Abandon() ?? throw new InvalidOperationException("No plugin is held.");

    /// <summary>The same hold for one more step of the chain.</summary>
    public PluginLease Share() => new(null, _generation, _unavailable);

    /// <summary>Gives back the hold, if this lease has one of its own.</summary>
    public void Release()
    {
        if (Slot is not null)
        {
            _generation?.Release();
        }
    }
}
