using Dkron.Abstractions;

namespace Dkron.Plugins.Tests;

/// <summary>Executions that those who get notices want to know of, or do not.</summary>
internal static class Notice
{
    private static int _count;

    public static ProcessorContext Failure(
        string output = "it broke\n",
        string invocation = "",
        string error = "exited with 7",
        string displayName = "Nightly backup",
        int attempt = 1,
        bool final = true,
        ExecutionStatus? previous = null,
        JobInfo? job = null,
        ExecutionOutput? outputAs = null,
        int minute = 0,
        params (string Key, string Value)[] config) =>
        Of(ExecutionStatus.Failed, previous, output, invocation, error, displayName, attempt, final, job, outputAs, config, minute);

    public static ProcessorContext Success(string output = "done\n", string invocation = "", int attempt = 1, ExecutionStatus? previous = null, JobInfo? job = null, int minute = 0, params (string Key, string Value)[] config) =>
        Of(ExecutionStatus.Succeeded, previous, output, invocation, null, "Nightly backup", attempt, true, job, null, config, minute);

    public static ProcessorContext Of(
        ExecutionStatus status,
        ExecutionStatus? previous,
        string output,
        string invocation,
        string? error,
        string displayName,
        int attempt,
        bool final,
        JobInfo? job,
        ExecutionOutput? outputAs,
        (string Key, string Value)[] config,
        int minute = 0)
    {
        var execution = Some.Execution("nightly", null, error is null ? 0 : 7, "web-1") with { StartedAt = Some.Start.AddMinutes(minute), Status = status, PreviousStatus = previous, Error = error, Attempt = attempt, IsFinalAttempt = final };
        var made = outputAs ?? ExecutionOutput.FromText(output);
        return new ProcessorContext
        {
            InvocationId = invocation.Length > 0 ? invocation : $"{execution.Id}/{Interlocked.Increment(ref _count)}",
            Attempt = 1,
            Job = job ?? new JobInfo { Name = "nightly", DisplayName = displayName, Owner = "ops", OwnerEmail = "owner@example.com", Tags = new Dictionary<string, string> { ["role"] = "web" } },
            Execution = execution,
            Output = made,
            OriginalOutput = made,
            Config = Some.Config(config),
            Log = new CollectingLog(),
        };
    }

    public static PluginInfo Plugin(string name, TempFolder folder) => new() { Name = name, Version = "1.0.0", Generation = 1, Directory = folder.Path, DataDirectory = folder.Path };
}
