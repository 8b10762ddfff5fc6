using Dkron.Host.Api;
using Dkron.Host.Jobs;
using Dkron.Host.Plugins;
using Dkron.Host.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host;

/// <summary>Tells an operator at the start what this host is and reads, then that it is ready, and at the end that it has stopped.</summary>
internal sealed partial class HostDiary(JobSource jobs, PluginRegistry plugins, ExecutionRecords records, IOptions<DkronOptions> options, TimeProvider time, ILogger<HostDiary> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var version = VersionDocument.OfProcess;
        LogStarting(version.Version, options.Value.NodeName, Environment.ProcessId, version.Runtime, version.Platform);
        LogPlaces(options.Value.DataDirectory);
        if (!OperatingSystem.IsLinux())
        {
            LogDevelopmentOnly();
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var socket = ApiSocket.PathIn(options.Value.DataDirectory);

        // Also for the sake of whoever asks first: an agent's first answer takes a tenth of a second and more, in which its code is compiled.
        if (await ApiCheck.FindFaultAsync(options.Value.DataDirectory, time, cancellationToken) is { } fault)
        {
            LogDoesNotAnswer(socket, fault);
        }

        LogReady(jobs.Current.Jobs.Count, plugins.Catalog.Values.Count(plugin => plugin.Unavailable is null), socket);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (records.Health is { IsWritable: false, Reason: { } reason })
        {
            LogStoppedUnwritten(reason);
        }
        else
        {
            LogStopped();
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(8010, LogLevel.Information, "Dkron {Version} starts as node {Node}, process {Pid}, on {Runtime}, {Platform}")]
    private partial void LogStarting(string version, string node, int pid, string runtime, string platform);

    [LoggerMessage(8011, LogLevel.Information, "Data lies in {DataDirectory}")]
    private partial void LogPlaces(string dataDirectory);

    [LoggerMessage(8012, LogLevel.Warning, "This is not Linux: good for development only. Missing are process sessions (a stop ends the command but not all it started), the syslog socket /dev/log, and systemd")]
    private partial void LogDevelopmentOnly();

    [LoggerMessage(8013, LogLevel.Information, "Ready: {Jobs} jobs, {Plugins} plugins, listening on {Socket}")]
    private partial void LogReady(int jobs, int plugins, string socket);

    [LoggerMessage(8016, LogLevel.Warning, "Jobs run, but commands such as 'dkron executions' may fail: the agent asked itself on {Socket}: {Fault}")]
    private partial void LogDoesNotAnswer(string socket, string fault);

    [LoggerMessage(8014, LogLevel.Information, "Stopped: everything is recorded")]
    private partial void LogStopped();

    [LoggerMessage(8015, LogLevel.Error, "Stopped, but what waited for the disk is not recorded; at the next start it is closed as lost or processed again: {Reason}")]
    private partial void LogStoppedUnwritten(string reason);
}
