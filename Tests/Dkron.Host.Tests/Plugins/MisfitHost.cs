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

    public static async Task<MisfitHost> StartAsync(PluginWorkbench bench, SettingsFolder folder)
    {
        var settings = HostSettings.Load(folder.Reader());
        var plugins = bench.NewRegistry(PluginWorkbench.Quick);
        var jobs = new JobSource(settings, () => plugins.Catalog, TimeProvider.System, new CollectingLog<JobSource>());
        var host = new MisfitHost(plugins, jobs);
        var demand = PluginDemand.Of(settings, jobs);
        await plugins.LoadAllAsync(demand, TestContext.Current.CancellationToken);
        await jobs.StartAsync(TestContext.Current.CancellationToken);
        host._watching = plugins.WatchAsync(demand, host._stop.Token);
        return host;
    }

    /// <summary>Lays a plugin in that declares options, and whose output is a text.</summary>
    public static void Add(PluginWorkbench bench, string name, string output, string options) => bench.Add(name, PluginCompiler.Processor(
        $"\"{output}\"",
        $$"""
        public IReadOnlyList<ProcessorOption> Options => [{{options}}];
        static ProcessorOption Option(string name, bool required = false) => new() { Name = name, Type = OptionType.Text, Description = "", Required = required };
        """,
        "IExecutionProcessor, IDeclareOptions"));

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
