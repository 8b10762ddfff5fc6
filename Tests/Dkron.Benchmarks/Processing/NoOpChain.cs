using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Dkron.Host.Records;
using Dkron.Host.Runs;
using Microsoft.Extensions.Logging.Abstractions;
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
    private readonly PluginRegistry _plugins;

    private NoOpChain(PluginRegistry plugins) => _plugins = plugins;

    public static async Task<NoOpChain> CreateAsync() => new(await LoadAsync());

    /// <summary>A registry with the plugin <c>noop</c>, loaded.</summary>
    public static async Task<PluginRegistry> LoadAsync()
    {
        var data = Directory.CreateTempSubdirectory("dkron-bench-").FullName;
        var folder = Paths.Of("NoOpPluginFolder");
        var plugin = Path.Combine(data, "from", "dkron-processor-noop");
        Directory.CreateDirectory(plugin);
        foreach (var file in Directory.GetFiles(folder))
        {
            File.Copy(file, Path.Combine(plugin, Path.GetFileName(file)));
        }

        var plugins = new PluginRegistry([Path.Combine(data, "from")], data, NullLoggerFactory.Instance, TimeProvider.System);
        await plugins.LoadAllAsync(CancellationToken.None);
        return plugins;
    }

    /// <summary>Takes a recorded result through the steps to the end of its processing on record.</summary>
    public async Task ProcessAsync(ExecutionRecords records, ExecutionInfo finished, ExecutionOutput output)
    {
        var notes = new ChainNotes(records, finished, output);
        using var leases = _plugins.Acquire(Names);
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
        await _plugins.DisposeAsync();
    }
}
