using Dkron.Host.Plugins;
using Microsoft.Extensions.Hosting;

namespace Dkron.Host;

/// <summary>Loads the plugins before anything is started that needs them.</summary>
internal sealed class PluginStart(PluginRegistry plugins) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => plugins.LoadAllAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
