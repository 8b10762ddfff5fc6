using System.Diagnostics.CodeAnalysis;

namespace Dkron.Host.Plugins;

/// <summary>The place of one name: the generation that new leases go to, or why there is none.</summary>
internal sealed class PluginSlot(string name, PluginGate gate)
{
    private volatile Generation? _current;
    private volatile string? _refusal;
    private volatile PluginDescription? _candidate;
    private volatile bool _isDelivery;
    private int _loads;

    public string Name => name;

    /// <summary>Bounds the calls of all its generations.</summary>
    public PluginGate Gate => gate;

    /// <summary>One change at a time.</summary>
    public SemaphoreSlim Changing { get; } = new(1);

    /// <summary>What waits for the jobs or other plugins to change, being refused because of them only; null when nothing does.</summary>
    public PluginDescription? Candidate
    {
        get => _candidate;
        set => _candidate = value;
    }

    /// <summary>The settings and plugins with which the candidate was tried.</summary>
    public string? CandidateMark { get; set; }

    /// <summary>The settings and plugins that the last good builds were tried with and did not fit; null when none waits for them to change.</summary>
    public string? LastGoodMark { get; set; }

    /// <summary>Set while the current build counts on others that waited when it came: with what settings and plugins it was found to do so still, or empty; null when it does not.</summary>
    public string? EarlyMark { get; set; }

    /// <summary>Whether a build waits for the settings or other plugins to change.</summary>
    public bool IsWaiting => Candidate is not null || LastGoodMark is not null;

    /// <summary>Whether what waits was tried with these settings and plugins.</summary>
    public bool WasTriedWith(string mark) => (Candidate is null || CandidateMark == mark) && (LastGoodMark is null || LastGoodMark == mark);

    /// <summary>The build that was refused, and would be again whatever else changes; null when there is none.</summary>
    public string? RefusedHash { get; set; }

    /// <summary>Whether what was refused last may be good without any change of its files, and nothing will tell when.</summary>
    public bool MayPass { get; set; }

    /// <summary>Why the current generation is not what lies in the plugin's folder; null when it is.</summary>
    public string? Departure { get; set; }

    /// <summary>What was told last of a refusal, so that it is told once.</summary>
    public string? Told { get; set; }

    /// <summary>What was told of earlier builds that cannot be used either, so that it is told once.</summary>
    public HashSet<string> ToldOfEarlier { get; } = new(StringComparer.Ordinal);

    /// <summary>Where new leases go; null when nothing usable is there.</summary>
    public Generation? Current => _current;

    /// <summary>Whether the last version that was current hands results to somebody else.</summary>
    public bool IsDelivery => _isDelivery;

    /// <summary>Where it was found last; null when it is only known from an earlier run.</summary>
    public PluginSource? Source { get; set; }

    /// <summary>What was found last, when it was copied; null when it was not.</summary>
    public PluginSnapshot? Snapshot { get; set; }

    /// <summary>Why what was found last is not used; null when it is.</summary>
    public string? Refusal
    {
        get => _refusal;
        set => _refusal = value;
    }

    /// <summary>The last version that worked in an earlier run; empty when none did.</summary>
    public string LastSeenVersion { get; set; } = "";

    /// <summary>Why there is no current generation, as a sentence.</summary>
    public string Unavailable => (Refusal, LastSeenVersion) switch
    {
        ({ } refusal, _) => $"plugin '{name}' was refused: {refusal}",
        (_, "") => $"plugin '{name}' is not installed",
        _ => $"plugin '{name}' is not installed now; the last version seen was {LastSeenVersion}",
    };

    /// <summary>The number of the next load.</summary>
    public int NextNumber() => Interlocked.Increment(ref _loads);

    /// <summary>Makes a generation current, or none, by one write.</summary>
    /// <returns>The one before, for the caller to close.</returns>
    public Generation? Publish(Generation? generation)
    {
        generation?.Open();
        if (generation is not null)
        {
            gate.Reset(generation.Number);
            _isDelivery = generation.IsDelivery;
        }

        return Interlocked.Exchange(ref _current, generation);
    }

    /// <summary>Takes a lease on the current generation.</summary>
    public bool TryAcquire([NotNullWhen(true)] out Generation? generation)
    {
        while (true)
        {
            generation = _current;
            if (generation is null)
            {
                return false;
            }

            if (generation.TryAcquire())
            {
                return true;
            }

            // Drained just now: the next one was published before that, or none.
            if (generation == _current)
            {
                generation = null;
                return false;
            }
        }
    }

    /// <summary>How its current generation stands, or why there is none.</summary>
    public PluginStatus Describe() => _current is { } current
        ? current.Describe() with { Reason = Departure ?? (Refusal is null ? null : $"a newer build was refused: {Refusal}"), Refusal = Refusal }
        : new PluginStatus
        {
            Name = name,
            Type = Source?.Name.Type ?? PluginType.Processor.Name,
            State = Source is null ? GenerationState.Unloaded : GenerationState.Rejected,
            Version = LastSeenVersion,
            Location = Source?.Location,
            TreeHash = Snapshot?.Hash,
            Reason = Unavailable,
            Shadowed = Source?.Shadowed ?? [],
        };
}
