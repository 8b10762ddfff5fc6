using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Records;

namespace Dkron.Host.Api;

/// <summary>Where <see cref="LocalControl"/> finds what it tells. Each member is asked anew at every request, from any thread.</summary>
internal sealed record Facts
{
    public required TimeProvider Time { get; init; }

    /// <summary>The jobs of the last good settings.</summary>
    public required Func<IReadOnlyCollection<Job>> Jobs { get; init; }

    public required Func<IReadOnlyList<JobHistory>> Histories { get; init; }

    public required Func<ExecutionQuery, CancellationToken, IReadOnlyList<ExecutionRecord>> List { get; init; }

    public required Func<string, ExecutionRecord?> Find { get; init; }

    /// <summary>The steps of an execution that did not work.</summary>
    public required Func<string, IReadOnlyList<ExecutionDelivery>> DeliveriesOf { get; init; }

    public required Func<DeadLettersRequest, IReadOnlyList<ExecutionDelivery>> DeadLetters { get; init; }

    public required Func<IReadOnlyList<PluginDocument>> Plugins { get; init; }

    /// <summary>The options that a processor of that name declares; null when they are not known, and then all its settings count as secret. Empty when it declares none.</summary>
    public required Func<string, IReadOnlyList<ProcessorOption>?> OptionsOf { get; init; }

    /// <summary>The status, but for what follows from the members above.</summary>
    public required Func<NodeFacts> Node { get; init; }
}
