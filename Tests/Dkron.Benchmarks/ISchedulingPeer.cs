namespace Dkron.Benchmarks;

/// <summary>A scheduler to be measured beside others in the same run.</summary>
internal interface ISchedulingPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>More jobs than this would take minutes.</summary>
    int MaxJobs { get; }

    /// <summary>More than it takes to schedule one job, in µs: what is due once must be scheduled before it is due.</summary>
    double MicrosecondsToSchedule { get; }

    /// <summary>Makes what is to be scheduled, where that is not one with scheduling it.</summary>
    void MakeDaily(int count)
    {
    }

    /// <summary>Schedules jobs that are due once a day, at different times.</summary>
    Task ScheduleDailyAsync(int count);

    /// <summary>Schedules something that is due once, at each of these times, and tells when each came.</summary>
    Task ScheduleOnceAsync(IReadOnlyList<DateTimeOffset> times, SchedulingLateness lateness);

    /// <summary>Begins to fire.</summary>
    Task StartAsync();
}
