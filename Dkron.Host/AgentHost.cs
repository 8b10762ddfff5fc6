using System.Globalization;
using Dkron.Host.Api;
using Dkron.Host.Cli;
using Dkron.Host.Execution;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;
using Dkron.Host.Processing;
using Dkron.Host.Records;
using Dkron.Host.Runs;
using Dkron.Host.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Serilog;

namespace Dkron.Host;

/// <summary>Puts the agent together and runs it until it is told to stop.</summary>
internal static partial class AgentHost
{
    public static async Task<int> RunAsync(SettingsArguments arguments, Screen screen, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(SettingsAccess.AgentSettings(arguments, SettingsPlaces.OfProcess()), time, cancellationToken);
        }
        catch (JobConfigException e)
        {
            foreach (var problem in e.Problems)
            {
                screen.Complain(problem.ToString());
            }

            screen.Complain(string.Create(CultureInfo.InvariantCulture, $"{e.Problems.Count} problem(s) in the settings, and no last good ones to start from"));
            return ExitCode.Misused;
        }
        catch (RecordsException e)
        {
            screen.Complain(e.Message);
            return ExitCode.Failed;
        }
    }

    private static async Task<int> RunAsync(HostSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var log = HostLog.Create(settings.Configuration);
        var options = settings.Configuration.GetSection(RecordOptions.Section).Get<RecordOptions>() ?? new RecordOptions();
        var node = settings.Configuration.GetSection(DkronOptions.Section).Get<DkronOptions>() ?? new DkronOptions();
        using var loggers = new Serilog.Extensions.Logging.SerilogLoggerFactory(log);
        await using var records = ExecutionRecords.Open(settings.DataDirectory, node.NodeName, options, time, loggers.CreateLogger<ExecutionRecords>());
        using var socket = await ApiSocket.ClaimAsync(settings.DataDirectory, cancellationToken);
        await using var app = Build(settings, records, socket, log, time);
        return await RunAsync(app, cancellationToken);
    }

    /// <summary>Starts a host and runs it to its end.</summary>
    internal static async Task<int> RunAsync(IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            // It was told to end while it started: what has been started up to here ends in order below, and that is no failure.
        }

        await host.WaitForShutdownAsync(cancellationToken);

        // A service that fails takes the host down in good order; a supervisor must see that nobody asked for it, and start it again.
        return host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true }) ? ExitCode.Failed : ExitCode.Done;
    }

    private static WebApplication Build(HostSettings settings, ExecutionRecords records, ApiSocket socket, Serilog.ILogger log, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dkron" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.Sources.Add(settings.Source);
        builder.Services
            .AddSerilog(log)
            .Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true)
            .Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan)
            .AddSingleton(time)
            .AddSingleton(records)
            .AddExecution()
            .AddScheduling()
            .AddProcessing(builder.Configuration.GetSection(ProcessingOptions.Section))
            .AddPlugins(builder.Configuration.GetSection(PluginOptions.Section), settings.DataDirectory)
            .AddRuns()
            .AddSingleton(services => PluginDemand.Of(settings, services.GetRequiredService<JobSource>()))
            .AddSingleton<AgentControl>()
            .AddSingleton(services => services.GetRequiredService<AgentControl>().ToControl());

        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 })
        {
            // Whoever gives a socket wants to be told, systemd or another supervisor.
            builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>().AddSingleton<IHostLifetime, SystemdLifetime>();
        }

        // The order in which they start: plugins before the jobs that are checked against them, and firing last.
        builder.Services
            .AddHostedService<HostDiary>()
            .AddHostedService<PluginStart>()
            .AddJobs(settings, services => services.GetRequiredService<PluginRegistry>().Catalog)
            .AddHostedService<PluginKeeping>()
            .AddFiring();
        builder.AddApi(socket);
        var app = builder.Build();
        app.MapApi();
        app.Services.GetRequiredService<HostEnd>().Listen();
        return app;
    }
}
