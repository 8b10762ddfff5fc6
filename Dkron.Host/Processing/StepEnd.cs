using Dkron.Abstractions;

namespace Dkron.Host.Processing;

/// <summary>The end of one step, or of one try of it.</summary>
/// <param name="Step">Its index.</param>
/// <param name="Outcome">What it did.</param>
/// <param name="NewOutput">The output that it made; null when it is the one before.</param>
/// <param name="Undone">What is to be remembered of it; null when there is nothing.</param>
internal sealed record StepEnd(int Step, ProcessorOutcome Outcome, ExecutionOutput? NewOutput, UndoneStep? Undone);
