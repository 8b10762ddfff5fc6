using Dkron.Abstractions;

namespace Dkron.Host.Plugins;

/// <summary>One loaded version of one plugin, held by leases and, until it is replaced, by the registry.</summary>
internal sealed class Generation
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string What, Task End)> _overdue = [];
    private int _references = 1;
    private int _abandoned;
    private volatile int _state = (int)GenerationState.Staged;
    private volatile bool _closed;
    private IExecutionProcessor? _processor;

    public Generation() => Target = new GenerationTarget(this);

    public required TimeProvider Time { get; init; }

    public required PluginSource Source { get; init; }

    public required PluginSnapshot Snapshot { get; init; }

    public required PluginType Type { get; init; }

    /// <summary>Counts the loads of this plugin in this process, from 1.</summary>
    public required int Number { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required PluginLog Log { get; init; }

    public required DateTimeOffset LoadedAt { get; init; }

    /// <summary>Bounds its calls; shared by all generations of the plugin.</summary>
    public required PluginGate Gate { get; init; }

    /// <summary>Whether it hands results to somebody else.</summary>
    public bool IsDelivery { get; init; }

    /// <summary>What its files hold that is known to keep a load context in memory.</summary>
    public IReadOnlyList<string> Risks { get; init; } = [];

    /// <summary>The last check of a configuration that did not end in its time; it is not asked about others before that has ended.</summary>
    public Task? LateValidation { get; set; }

    /// <summary>What is called at its end, did not end in its time, and still runs.</summary>
    public IEnumerable<string> Overdue => _overdue.Where(call => !call.End.IsCompleted).Select(call => call.What);

    /// <summary>Since when it stands as it does.</summary>
    public DateTimeOffset StateSince { get; private set; }

    /// <summary>What is known of the reason why it does not leave memory; null when there is none or it does.</summary>
    public string? Holder { get; set; }

    /// <summary>What chains call.</summary>
    public GenerationTarget Target { get; }

    public string Name => Source.Name.Name;

    public GenerationContent Content { get; } = new();

    /// <summary>The options it declares; null when it declares none.</summary>
    public IReadOnlyList<ProcessorOption>? Options { get; set; }

    /// <summary>The instance as a processor; null when it is none, not ready, or unloaded.</summary>
    public IExecutionProcessor? Processor => Volatile.Read(ref _processor);

    public GenerationState State
    {
        get => _state is (int)GenerationState.Unloading or (int)GenerationState.Retained && Content.IsGone ? GenerationState.Unloaded : (GenerationState)_state;
        set
        {
            _state = (int)value;
            StateSince = Time.GetUtcNow();
        }
    }

    /// <summary>How many chains and calls hold it.</summary>
    public int Leases => Math.Max(0, Volatile.Read(ref _references) - (_closed ? 0 : 1));

    /// <summary>Calls that did not end in their time and still run.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    /// <summary>Completes when the last holder is gone, which never comes back.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Takes a hold; fails when it is drained.</summary>
    public bool TryAcquire()
    {
        var seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            var found = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Gives back a hold.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _drained.SetResult();
        }
    }

    /// <summary>Notes that a call, which has a hold of its own from now on, goes on after its time.</summary>
    /// <returns>To be disposed when the call has ended after all; only then can this generation ever leave memory.</returns>
    public AbandonedCall Abandon()
    {
        Interlocked.Increment(ref _references);
        Interlocked.Increment(ref _abandoned);
        return new AbandonedCall(this);
    }

    /// <summary>Notes that an abandoned call has ended.</summary>
    public void EndAbandoned()
    {
        Interlocked.Decrement(ref _abandoned);
        Release();
    }

    /// <summary>Lets calls in: it is constructed, started and tested.</summary>
    public void Open()
    {
        Volatile.Write(ref _processor, Content.Instance as IExecutionProcessor);
        State = GenerationState.Active;
    }

    /// <summary>Gives back the registry's hold: what has a lease goes on, nobody else comes in.</summary>
    public void Close(GenerationState state)
    {
        State = state;
        _closed = true;
        Release();
    }

    /// <summary>Notes that a call at its end did not end in its time. Before it is looked at whether it leaves memory.</summary>
    public void AddOverdue(string what, Task end) => _overdue.Add((what, end));

    /// <summary>Lets go of all that is the plugin's own. Only after <see cref="Drained"/>.</summary>
    public void Unload()
    {
        Volatile.Write(ref _processor, null);
        Content.Unload();
    }

    /// <summary>How it stands.</summary>
    public PluginStatus Describe() => new()
    {
        Name = Name,
        Type = Type.Name,
        State = State,
        Version = Version,
        Generation = Number,
        Location = Source.Location,
        TreeHash = Snapshot.Hash,
        Shadowed = Source.Shadowed,
        Warnings = State == GenerationState.Active && Gate.WhyClosed(Abandoned) is { } closed ? [.. Warnings, closed] : Warnings,
        Reason = Holder,
        StateSince = StateSince,
        Leases = Leases,
        Abandoned = Abandoned,
        LoadedAt = LoadedAt,
    };
}
