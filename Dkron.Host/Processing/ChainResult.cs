using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>What became of an execution in its chain, or how far it came.</summary>
internal sealed record ChainResult
{
    /// <summary>The output after the last step that was called.</summary>
    public required ExecutionOutput Output { get; init; }

    /// <summary>One for each step from the first on, up to where the chain came.</summary>
    public required IReadOnlyList<ProcessorOutcome> Outcomes { get; init; }

    /// <summary>Why the execution counts as failed, though its command may have succeeded; null when no step with <c>on_error: fail</c> failed.</summary>
    public string? FailedBecause { get; init; }

    /// <summary>The steps that did not work and are to be remembered.</summary>
    public IReadOnlyList<UndoneStep> Undone { get; init; } = [];

    /// <summary>Whether the last outcome is that of a step that is tried again before the later ones are called.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Whether a call was cancelled because the host had to end: what came of it does not count, and later steps were not called.</summary>
    public bool IsInterrupted { get; init; }
}
