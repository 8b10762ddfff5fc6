using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Jobs;

namespace Dkron.Host.Tests.Plugins;

/// <summary>Plugins and jobs as a host has them from its start to its end, each checked against the other.</summary>
internal sealed class MisfitHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    private MisfitHost(PluginRegistry plugins, JobSource jobs) => (Plugins, Jobs) = (plugins, jobs);

    public PluginRegistry Plugins { get; }

    public JobSource Jobs { get; }

    /// <param name="bench">The plugins.</param>
    /// <param name="folder">The settings.</param>
    /// <param name="options">The settings of plugins; quick ones when not given.</param>
    /// <param name="around">What is to happen around the host's own checks.</param>
    public static async Task<MisfitHost> StartAsync(PluginWorkbench bench, SettingsFolder folder, PluginOptions? options = null, Func<JobsFit, JobsFit>? around = null)
    {
        var settings = HostSettings.Load(folder.Reader());
        var plugins = bench.NewRegistry(options ?? PluginWorkbench.Quick);
        var jobs = new JobSource(settings, () => plugins.Catalog, TimeProvider.System, new CollectingLog<JobSource>());
        var host = new MisfitHost(plugins, jobs);
        var demand = PluginDemand.Of(settings, jobs);
        demand = around?.Invoke(demand) ?? demand;
        await plugins.LoadAllAsync(demand, TestContext.Current.CancellationToken);
        await jobs.StartAsync(TestContext.Current.CancellationToken);
        host._watching = plugins.WatchAsync(demand, host._stop.Token);
        return host;
    }

    /// <summary>Lays a plugin in that declares options, and whose output is a text.</summary>
    public static void Add(PluginWorkbench bench, string name, string output, string options, string members = "") => bench.AddImage(name, Image(name, output, options, members));

    /// <summary>Compiles such a plugin.</summary>
    public static byte[] Image(string name, string output, string options, string members = "") => PluginCompiler.Compile($"dkron-processor-{name}", PluginCompiler.Header() + PluginCompiler.Processor(
        $"\"{output}\"",
        $$"""
        public IReadOnlyList<ProcessorOption> Options => [{{options}}];
        static ProcessorOption Option(string name, bool required = false) => new() { Name = name, Type = OptionType.Text, Description = "", Required = required };
        {{members}}
        """,
        "IExecutionProcessor, IDeclareOptions"));

    /// <summary>Waits until a plugin gives an output.</summary>
    public Task UntilAsync(PluginWorkbench bench, string name, string output) => Until.TrueAsync(async () => Plugins.Catalog[name].Unavailable is null && await bench.CallAsync(name, Plugins) == output);

    public PluginStatus Active(string name) => Plugins.Statuses.Should().ContainSingle(status => status.Name == name && status.State == GenerationState.Active).Subject;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await Jobs.StopAsync(CancellationToken.None);
        Jobs.Dispose();
        await Plugins.DisposeAsync();
        _stop.Dispose();
    }
}
