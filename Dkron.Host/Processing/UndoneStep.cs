using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>A step that did not work, and what is to be done about it.</summary>
internal sealed record UndoneStep
{
    public required int Step { get; init; }

    public required string Processor { get; init; }

    /// <summary>How often it was tried, also before this chain.</summary>
    public required int Tries { get; init; }

    /// <summary>As it was given to the chain.</summary>
    public int EarlierTries { get; init; }

    /// <summary>When the last try ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it is to be tried again; null when it is given up.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Why the last try did not work.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether its processor was not called at all, being paused or not there.</summary>
    public bool IsUncalled { get; init; }

    /// <summary>The output that it got.</summary>
    public required ExecutionOutput Input { get; init; }

    /// <summary>Whether the later steps wait for it.</summary>
    public bool Holds { get; init; }
}
