using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Processing;
using Dkron.Host.Records;
using Dkron.Host.Runs;
using Microsoft.Extensions.Options;

namespace Dkron.Benchmarks.Processing;

/// <summary>A chain of three steps of the plugin that does nothing, loaded as the host would, and recorded as the host does.</summary>
internal sealed class NoOpChain : IAsyncDisposable
{
    private const int Steps = 3;
    private static readonly string[] Names = [.. Enumerable.Repeat("noop", Steps)];
    private static readonly ProcessorStep[] ChainSteps = [.. Names.Select(name => new ProcessorStep { Name = name })];
    private static readonly JobInfo Job = new() { Name = "job", DisplayName = "job" };

    private readonly ProcessorChain _chain = new(Options.Create(new ProcessingOptions()), TimeProvider.System);
    private readonly NoOpPlugin _plugin;

    private NoOpChain(NoOpPlugin plugin) => _plugin = plugin;

    public static async Task<NoOpChain> CreateAsync() => new(await NoOpPlugin.LoadAsync());

    /// <summary>Takes a recorded result through the steps to the end of its processing on record.</summary>
    public async Task ProcessAsync(ExecutionRecords records, ExecutionInfo finished, ExecutionOutput output)
    {
        var notes = new ChainNotes(records, finished, output);
        using var leases = _plugin.Registry.Acquire(Names);
        var result = await _chain.ProcessAsync(new ChainInput { Job = Job, Execution = finished, RawOutput = output, Steps = ChainSteps, Targets = leases, OnEnd = notes.Add });
        if (result.Outcomes.Count != Steps || result.Outcomes.Any(outcome => outcome.State != OutcomeState.Succeeded))
        {
            throw new InvalidOperationException($"a step of the benchmark ended {string.Join(", ", result.Outcomes.Select(outcome => $"{outcome.State} {outcome.Error}"))}");
        }

        await records.EndProcessingAsync(new ProcessingEnd { Info = finished, Outcomes = result.Outcomes, Deliveries = notes.Deliveries }, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _chain.Dispose();
        await _plugin.DisposeAsync();
    }
}
