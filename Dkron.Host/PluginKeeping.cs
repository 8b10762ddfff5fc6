using System.Runtime.InteropServices;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Dkron.Host.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dkron.Host;

/// <summary>Follows the plugin folders while the agent runs, and tells plugins and jobs of each other's changes.</summary>
internal sealed partial class PluginKeeping(PluginRegistry plugins, JobSource jobs, HostSettings settings, ILogger<PluginKeeping> logger) : BackgroundService
{
    private readonly OwnedTasks _reloads = new(logger);
    private readonly LastGoodSettings _lastGood = new(settings.DataDirectory);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            LogAsked();
            _reloads.Own(plugins.ReloadAsync(null, stoppingToken), "Looking at all plugins, as SIGHUP asks for,");
        });
        await plugins.WatchAsync(new JobsFit { Problems = Problems, Mark = () => settings.Reader.ReadContent().Mark, RecheckAsync = jobs.RecheckAsync }, stoppingToken);
    }

    /// <summary>A plugin fits when the settings as they stand do, or else those that hold.</summary>
    private IReadOnlyList<string> Problems(IReadOnlyDictionary<string, PluginDescription> catalog)
    {
        var content = settings.Reader.ReadContent();
        var problems = SettingsCheck.Run(settings.Reader, content, catalog).Problems;
        if (problems.Count > 0 && _lastGood.Load(settings.Reader.Files) is { } good)
        {
            content = good;
            problems = SettingsCheck.Run(settings.Reader, good, catalog).Problems;
        }

        // What is wrong with either is nothing to refuse this plugin for.
        return problems.Count == 0 ? [] : [.. problems.Select(problem => problem.ToString()).Except(SettingsCheck.Run(settings.Reader, content, plugins.Catalog).Problems.Select(problem => problem.ToString()))];
    }

    [LoggerMessage(8040, LogLevel.Information, "SIGHUP: looking at all plugins")]
    private partial void LogAsked();
}
