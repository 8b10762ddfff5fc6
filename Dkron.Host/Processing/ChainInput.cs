using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Processing;

/// <summary>A finished execution and what shall be done with it.</summary>
internal sealed record ChainInput
{
    public required JobInfo Job { get; init; }

    public required ExecutionInfo Execution { get; init; }

    public required ExecutionOutput RawOutput { get; init; }

    /// <summary>What the first step that is called gets; null when it is the raw output.</summary>
    public ExecutionOutput? Output { get; init; }

    public required IReadOnlyList<ProcessorStep> Steps { get; init; }

    /// <summary>One for each step.</summary>
    public required IReadOnlyList<StepTarget> Targets { get; init; }

    /// <summary>The outcomes that are known already, of the first steps; the chain goes on with the step after them.</summary>
    public IReadOnlyList<ProcessorOutcome> Known { get; init; } = [];

    /// <summary>The most that a processor may return, in bytes; more is cut as a command's output is.</summary>
    public long MaxOutputBytes { get; init; } = 1024 * 1024;

    /// <summary>How often the first step that is called was tried before.</summary>
    public int Tries { get; init; }

    /// <summary>How many of them do not count any more.</summary>
    public int EarlierTries { get; init; }

    /// <summary>Whether only the first step behind the known ones is tried, after the others were called.</summary>
    public bool IsSingleTry { get; init; }

    /// <summary>Gives a number from 0 to 1 that spreads the waits of steps that failed together.</summary>
#pragma warning disable CA5394 // Spreads load, and guards nothing.
    public Func<double> Chance { get; init; } = Random.Shared.NextDouble;
#pragma warning restore CA5394

    /// <summary>Told of the end of each step as soon as it is there, in order, never concurrently.</summary>
    public Action<StepEnd>? OnEnd { get; init; }
}
