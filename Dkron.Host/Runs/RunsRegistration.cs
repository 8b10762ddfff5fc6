using Microsoft.Extensions.DependencyInjection;

namespace Dkron.Host.Runs;

/// <summary>Registers this folder.</summary>
internal static class RunsRegistration
{
    /// <summary>All that takes a firing to its end.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services) => services
        .AddSingleton<RunningExecutions>()
        .AddSingleton<HostEnd>()
        .AddSingleton<ProcessingRoom>()
        .AddSingleton<ExecutionProcessing>()
        .AddSingleton<Reprocessing>()
        .AddSingleton<LateEnds>()
        .AddSingleton<JobRun>()
        .AddSingleton<FiringCourse>()
        .AddSingleton<JobRuns>();

    /// <summary>What is left from before, what waits, and what becomes due, in the order in which they start: firing comes last.</summary>
    public static IServiceCollection AddFiring(this IServiceCollection services) => services
        .AddHostedService<Recovery>()
        .AddHostedService<Deliveries>()
        .AddHostedService<JobSchedule>()
        .AddHostedService(provider => provider.GetRequiredService<JobRuns>());
}
