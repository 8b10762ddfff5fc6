using Dkron.Abstractions;

namespace Dkron.TestPlugins;

/// <summary>Does nothing, for measuring what is around it.</summary>
public sealed class NoOp : IExecutionProcessor
{
    public ValueTask<ProcessorResult> ProcessAsync(ProcessorContext context, CancellationToken cancellationToken) => new(ProcessorResult.Unchanged);
}
