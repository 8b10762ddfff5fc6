using Dkron.Abstractions;

namespace Dkron.Host.Jobs;

/// <summary>One entry of a job's processors: which processor, with what, and what its result means for the chain.</summary>
internal sealed record ProcessorStep
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public required string Name { get; init; }

    /// <summary>The node's section for this processor overlaid by the step's entry, without reserved keys.</summary>
    public ProcessorConfig Config { get; init; } = ProcessorConfig.Empty;

    /// <summary>Which setting is missing in <see cref="Config"/> and why, as a sentence; null when none is. The step is not called then: without a password it may do its work wrongly and say that it worked.</summary>
    public string? Unresolved { get; init; }

    public bool Forward { get; init; }

    public StepCondition When { get; init; }

    public StepFailure OnError { get; init; }

    /// <summary>More than zero, at most one day.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Further tries after a failed one; null when the step does not say.</summary>
    public int? Retries { get; init; }

    /// <summary>The wait before the first further try; null when the step does not say.</summary>
    public TimeSpan? RetryBackoff { get; init; }
}
