using Dkron.Host.Plugins;
using Microsoft.Extensions.Hosting;

namespace Dkron.Host;

/// <summary>Loads the plugins before anything is started that needs them.</summary>
internal sealed class PluginStart(PluginRegistry plugins, JobsFit jobs) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => plugins.LoadAllAsync(jobs, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
