using System.Runtime.InteropServices;
using Dkron.Host.Plugins;
using Dkron.Host.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dkron.Host;

/// <summary>Follows the plugin folders while the agent runs, and tells plugins and jobs of each other's changes.</summary>
internal sealed partial class PluginKeeping(PluginRegistry plugins, JobsFit jobs, ILogger<PluginKeeping> logger) : BackgroundService
{
    private readonly OwnedTasks _reloads = new(logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            LogAsked();
            _reloads.Own(plugins.ReloadAsync(null, stoppingToken), "Looking at all plugins, as SIGHUP asks for,");
        });
        await plugins.WatchAsync(jobs, stoppingToken);
    }

    [LoggerMessage(8040, LogLevel.Information, "SIGHUP: looking at all plugins")]
    private partial void LogAsked();
}
