using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Jobs;
using Dkron.Host.Records;

namespace Dkron.Host.Api;

/// <summary>Makes job documents, all as of one moment.</summary>
internal sealed class JobView(IReadOnlyCollection<Job> jobs, IReadOnlyDictionary<string, JobHistory> histories, IReadOnlyDictionary<string, int> running, SecretMask mask, DateTimeOffset now)
{
    private readonly ILookup<string, string> _children = jobs
        .Where(job => job.Parent is not null)
        .OrderBy(job => job.Name.Text, StringComparer.Ordinal)
        .ToLookup(job => job.Parent!.Text, job => job.Name.Text, StringComparer.Ordinal);

    public JobDocument Of(Job job)
    {
        var name = job.Name.Text;
        var history = histories.GetValueOrDefault(name);
        return new JobDocument
        {
            Id = name,
            Name = name,
            DisplayName = job.Info.DisplayName == name ? "" : job.Info.DisplayName,
            TimeZone = job.TimeZone,
            Schedule = job.Info.Schedule,
            Owner = job.Info.Owner,
            OwnerEmail = job.Info.OwnerEmail,
            SuccessCount = history?.SuccessCount ?? 0,
            ErrorCount = history?.ErrorCount ?? 0,
            LastSuccess = history?.LastSuccessAt,
            LastError = history?.LastErrorAt,
            Disabled = job.Disabled,
            Tags = job.Info.Tags,
            Metadata = job.Info.Metadata,
            Retries = job.Retries,
            RetryBackoff = job.RetryBackoff.ToString(),
            Misfire = Words.Of(job.Misfire),
            StartingDeadline = job.StartingDeadline is { } deadline ? DurationText.Format(deadline) : null,
            DependentJobs = [.. _children[name]],
            ParentJob = job.Parent?.Text ?? "",
            Processors = [.. job.Processors.Select(mask.Of)],
            Concurrency = Words.Of(job.Concurrency),
            Executor = "shell",
            ExecutorConfig = ExecutorConfig(job.Command),
            Status = history?.LastStatus switch { null => "", ExecutionStatus.Succeeded => "success", _ => "failed" },
            Next = Next(job, history) ?? DateTimeOffset.MinValue,
            Ephemeral = job.Ephemeral,
            StartsAt = job.StartsAt,
            ExpiresAt = job.ExpiresAt,
            Running = running.GetValueOrDefault(name),
            NotSelected = job.NotSelected,
        };
    }

    private DateTimeOffset? Next(Job job, JobHistory? history)
    {
        if (job.Disabled || job.NotSelected is not null || job.Schedule is null || (job.Ephemeral && history is { HasSucceeded: true } or { IsSucceeding: true }))
        {
            return null;
        }

        // No due time comes twice, so after the clock was set back it is the one after the last; by more than a day, it had been wrong.
        var from = history?.LastDueAt is { } last && last > now && last - now <= TimeSpan.FromDays(1) ? last : now;
        // A due time at the very start of the window counts, and what follows a moment is later than it.
        var after = job.StartsAt > from ? job.StartsAt.Value.AddTicks(-1) : from;
        var next = job.Schedule.Next(after, history?.FirstSeenAt ?? now);
        return next >= job.ExpiresAt ? null : next;
    }

    /// <summary>The command in the form that settings take, with values that may be secret masked.</summary>
    private static Dictionary<string, string> ExecutorConfig(Command command)
    {
        var isShell = command.Arguments is ["/bin/sh", "-c", _];
        var config = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["command"] = isShell ? command.Arguments[2] : string.Join(' ', command.Arguments.Select(Quoted)),
            ["shell"] = isShell ? "true" : "false",
        };
        AddUnless(command.WorkingDirectory is null, "cwd", command.WorkingDirectory);
        AddUnless(command.Environment.Count == 0, "env", string.Join(',', command.Environment.Keys.Order(StringComparer.Ordinal).Select(key => $"{key}={SecretMask.Text}")));
        AddUnless(command.Payload.IsEmpty, "payload", SecretMask.Text);
        AddUnless(command.Timeout is null, "timeout", command.Timeout is { } timeout ? DurationText.Format(timeout) : null);
        AddUnless(command.MaxOutputBytes == DefaultMaxOutputBytes, "max_output", command.MaxOutputBytes.ToString(CultureInfo.InvariantCulture));
        return config;

        void AddUnless(bool absent, string key, string? value)
        {
            if (!absent)
            {
                config[key] = value!;
            }
        }
    }

    private static long DefaultMaxOutputBytes { get; } = new Command { Arguments = ["-"] }.MaxOutputBytes;

    /// <summary>A word as a shell splits it.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:=,@%+".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
