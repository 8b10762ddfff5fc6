using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Processing;

/// <summary>A finished execution and what shall be done with it.</summary>
internal sealed record ChainInput
{
    public required JobInfo Job { get; init; }

    public required ExecutionInfo Execution { get; init; }

    public required ExecutionOutput RawOutput { get; init; }

    public required IReadOnlyList<ProcessorStep> Steps { get; init; }

    /// <summary>One for each step.</summary>
    public required IReadOnlyList<StepTarget> Targets { get; init; }

    /// <summary>The outcomes that are known already, of the first steps; the chain goes on with the step after them.</summary>
    public IReadOnlyList<ProcessorOutcome> Known { get; init; } = [];

    /// <summary>The most that a processor may return, in bytes; more is cut as a command's output is.</summary>
    public long MaxOutputBytes { get; init; } = 1024 * 1024;

    /// <summary>Told of each outcome as soon as it is there, in order, never concurrently.</summary>
    public Action<int, ProcessorOutcome>? OnOutcome { get; init; }
}
