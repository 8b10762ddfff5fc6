using Dkron.Abstractions;
using Dkron.Host.Api;

namespace Dkron.Host.Tests.Api;

/// <summary>Documents with every field set.</summary>
internal static class SomeDocuments
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public static ExecutionDocument Execution(string id = "1-web-1", ExecutionStatus status = ExecutionStatus.Succeeded) => new()
    {
        Id = id,
        JobName = "nightly",
        ScheduledAt = Start,
        StartedAt = Start.AddMilliseconds(3),
        FinishedAt = status == ExecutionStatus.Running ? DateTimeOffset.MinValue : Start.AddSeconds(2),
        Success = status == ExecutionStatus.Succeeded,
        Status = status,
        ExitCode = status == ExecutionStatus.Succeeded ? 0 : null,
        Signal = null,
        Error = null,
        Trigger = ExecutionTrigger.Schedule,
        NodeName = "web-1",
        Group = 1_772_600_767_000_000_000,
        Attempt = 1,
        Processed = status != ExecutionStatus.Running,
        Processors = [new OutcomeDocument { Name = "files", Version = "1.2.0", State = OutcomeState.Succeeded, DurationMs = 1.5, Error = null, BytesIn = 6, BytesOut = 6, Tags = new Dictionary<string, string> { ["path"] = "/a" } }],
        Output = "grüße <b>",
        OutputTruncated = false,
        OutputOmittedBytes = 0,
    };

    public static JobDocument Job(string name = "nightly") => new()
    {
        Id = name,
        Name = name,
        DisplayName = "",
        TimeZone = "",
        Schedule = "@daily",
        Owner = "",
        OwnerEmail = "",
        SuccessCount = 4,
        ErrorCount = 1,
        LastSuccess = Start,
        LastError = null,
        Disabled = false,
        Tags = new Dictionary<string, string>(),
        Metadata = new Dictionary<string, string>(),
        Retries = 0,
        RetryBackoff = "",
        Misfire = "skip",
        StartingDeadline = null,
        DependentJobs = [],
        ParentJob = "",
        Processors = [new StepDocument("zeta", []), new StepDocument("alpha", [new("forward", "true")]), new StepDocument("10", [])],
        Concurrency = "allow",
        Executor = "shell",
        ExecutorConfig = new Dictionary<string, string> { ["command"] = "/bin/true" },
        Status = "success",
        Next = Start.AddDays(1),
        Ephemeral = false,
        StartsAt = null,
        ExpiresAt = null,
        Running = 0,
        NotSelected = null,
    };

    public static PluginDocument Plugin => new() { Name = "files", Type = "processor", Version = "1.2.0", State = "active", Location = "/plugins/dkron-processor-files", Error = null };

    public static StatusDocument Status(bool running = true) => new()
    {
        Running = running,
        Version = "0.1.0",
        NodeName = "web-1",
        Pid = running ? 42 : null,
        StartedAt = running ? Start : null,
        UptimeSeconds = running ? 61 : null,
        Jobs = 1,
        RunningExecutions = 0,
        Plugins = 1,
        UnavailablePlugins = 0,
        DataDirectory = "/data",
        Socket = "/data/dkron.sock",
        SettingsFiles = ["/etc/appsettings.json"],
        SettingsProblems = [],
        Records = new RecordsDocument { Path = "/data/dkron.db", SizeBytes = 4096, Healthy = true, Error = null },
    };
}
