using Dkron.Abstractions;

namespace Dkron.Plugins.Tests;

/// <summary>Contexts as a host makes them.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static ProcessorContext Context(
        string output = "hello\n",
        string job = "nightly",
        string? execution = null,
        int? exitCode = 0,
        bool forward = false,
        string node = "web-1",
        string invocation = "invocation-1",
        IPluginLog? log = null,
        ExecutionOutput? outputAs = null,
        IReadOnlyList<ProcessorOutcome>? previous = null,
        params (string Key, string Value)[] config)
    {
        var made = outputAs ?? ExecutionOutput.FromText(output);
        return new ProcessorContext
        {
            InvocationId = invocation,
            Attempt = 1,
            Job = new JobInfo { Name = job, DisplayName = job },
            Execution = Execution(job, execution, exitCode, node),
            Output = made,
            OriginalOutput = made,
            Forward = forward,
            Config = Config(config),
            Previous = previous ?? [],
            Log = log ?? new CollectingLog(),
        };
    }

    public static ExecutionInfo Execution(string job, string? id, int? exitCode, string node) => new()
    {
        Id = id ?? Id(1, node),
        JobName = job,
        NodeName = node,
        Group = 1767323045000000000,
        Attempt = 2,
        ScheduledAt = Start,
        StartedAt = Start,
        FinishedAt = Start.AddMilliseconds(1500),
        Status = exitCode == 0 ? ExecutionStatus.Succeeded : ExecutionStatus.Failed,
        ExitCode = exitCode,
        Error = exitCode == 0 ? null : $"exited with {exitCode}",
    };

    /// <summary>An id as the host makes it: Unix nanoseconds, a dash, the node.</summary>
    public static string Id(int number, string node = "web-1") => $"{1767323045000000000 + number}-{node}";

    public static ProcessorConfig Config(params (string Key, string Value)[] values) => new(values.Select(v => KeyValuePair.Create(v.Key, v.Value)));

    /// <summary>An output that lies in a file, as the host gives large ones.</summary>
    public static ExecutionOutput FileOutput(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return new ExecutionOutput(bytes.Length, () => File.OpenRead(path));
    }
}
