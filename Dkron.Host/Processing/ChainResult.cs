using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>What became of an execution in its chain.</summary>
/// <param name="Output">The output after the last step.</param>
/// <param name="Outcomes">One for each step.</param>
/// <param name="FailedBecause">Why the execution counts as failed, though its command may have succeeded; null when no step with <c>on_error: fail</c> failed.</param>
internal sealed record ChainResult(ExecutionOutput Output, IReadOnlyList<ProcessorOutcome> Outcomes, string? FailedBecause);
