using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Dkron.Host.Records;
using Dkron.Host.Runs;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dkron.Host.Tests.Runs;

/// <summary>The agent without its API and its plugins: settings, schedule, records and commands are real.</summary>
internal sealed class RunsHost : IAsyncDisposable
{
    private static readonly IReadOnlyList<OptionsSection> Sections =
    [
        OptionsSection.Of(ExecutionOptions.Section, new ExecutionOptionsValidator()),
        OptionsSection.Of(ProcessingOptions.Section, new ProcessingOptionsValidator()),
    ];

    private readonly ServiceProvider _services;
    private readonly List<IHostedService> _started = [];
    private readonly RunsLifetime _lifetime = new();

    private RunsHost(string folder, TimeProvider time, IChildStarter? starter, RecordOptions options, ILoggerFactory? loggers)
    {
        var settings = HostSettings.Load(new SettingsReader([new SettingsFile(Path.Combine(folder, "appsettings.json"), Optional: false)], [], new System.Collections.Hashtable(), Sections, folder));
        Records = ExecutionRecords.Open(settings.DataDirectory, "node-1", options, time, NullLogger.Instance);
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(settings.Configuration)
            .AddSingleton<IHostApplicationLifetime>(_lifetime)
            .AddSingleton(time)
            .AddSingleton(Records)
            .AddExecution()
            .AddScheduling()
            .AddProcessing(settings.Configuration.GetSection(ProcessingOptions.Section))
            .AddPlugins(settings.Configuration.GetSection(PluginOptions.Section), settings.DataDirectory)
            .AddRuns()
            .AddJobs(settings, services => services.GetRequiredService<PluginRegistry>().Catalog)
            .AddFiring();
        if (loggers is not null)
        {
            services.AddSingleton(loggers);
        }

        if (starter is not null)
        {
            services.AddSingleton(starter);
        }

        _services = services.BuildServiceProvider();
    }

    public ExecutionRecords Records { get; }

    public JobSource Jobs => _services.GetRequiredService<JobSource>();

    public JobRuns Runs => _services.GetRequiredService<JobRuns>();

    public HostEnd End => _services.GetRequiredService<HostEnd>();

    public IHostApplicationLifetime Lifetime => _lifetime;

    public Reprocessing Reprocessing => _services.GetRequiredService<Reprocessing>();

    public DueFirings DueFirings => _services.GetRequiredService<DueFirings>();

    public RunningExecutions Executions => _services.GetRequiredService<RunningExecutions>();

    public ProcessingRoom Room => _services.GetRequiredService<ProcessingRoom>();

    public OwnedTasks Work => _services.GetRequiredService<FiringCourse>().Work;

    /// <summary>What is recorded, oldest first.</summary>
    public IReadOnlyList<ExecutionInfo> Recorded =>
        [.. Records.List(new ExecutionQuery { Limit = 1_000_000 }).Select(record => record.Info).OrderBy(info => ExecutionId.KeyOf(info.Id))];

    public static void Write(string folder, object jobs, object? dkron = null) =>
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), JsonSerializer.Serialize(new { Dkron = dkron ?? new { NodeName = "node-1" }, Jobs = jobs }));

    public static async Task<RunsHost> StartAsync(string folder, TimeProvider? time = null, IChildStarter? starter = null, RecordOptions? options = null, ILoggerFactory? loggers = null)
    {
        var host = new RunsHost(folder, time ?? TimeProvider.System, starter, options ?? new RecordOptions(), loggers);
        foreach (var service in host._services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
            host._started.Add(service);
        }

        // The schedule is taken in beside everything else.
        await Wait.Until(() => host.Jobs.Current.Jobs.All(job => host.Records.HistoryOf(job.Name.Text) is { WatchedSince: not null }));
        return host;
    }

    public Task<ExecutionInfo> RunAsync(string job, bool force = false) => Runs.RunNowAsync(Jobs.Current.Find(job)!, force);

    public async ValueTask DisposeAsync()
    {
        await _lifetime.StoppingAsync();
        foreach (var service in Enumerable.Reverse(_started))
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        await Records.DisposeAsync();
        _lifetime.Dispose();
    }
}
