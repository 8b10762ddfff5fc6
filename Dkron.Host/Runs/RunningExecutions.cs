using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Scheduling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Runs;

/// <summary>All executions that run or wait for their turn, and the rules of <c>concurrency</c> and <c>Dkron:MaxRunning</c> for them.</summary>
/// <remarks>
/// Thread-safe: of two attempts at the same moment at most one of a forbidding job is admitted. Who waits for another execution holds
/// no place, and who holds a place waits for nobody, so nobody waits for ever.
/// </remarks>
internal sealed partial class RunningExecutions(IOptions<DkronOptions> options, TimeProvider time, ILogger<RunningExecutions> logger) : IDisposable
{
    /// <summary>So many wait for a place at most.</summary>
    public const int MaxWaiting = 100_000;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _places = new(options.Value.MaxRunning);
    private readonly Dictionary<string, RunningExecution> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RunningExecution>> _byJob = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _left = new(StringComparer.Ordinal);
    private int _waiting;
    private bool _isCrowded;
    private string? _stopReason;

    public IReadOnlyList<RunningExecution> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _byId.Values];
            }
        }
    }

    /// <summary>Whether nothing is admitted any more.</summary>
    public bool IsClosed => Volatile.Read(ref _stopReason) is not null;

    /// <summary>Admits an execution, or says why it must not run now.</summary>
    /// <param name="force">Run also beside another execution of a job that does not allow it.</param>
    public bool TryAdd(Attempt attempt, ExecutionInfo info, bool force, [NotNullWhen(true)] out RunningExecution? running, [NotNullWhen(false)] out string? refusal)
    {
        running = null;
        lock (_lock)
        {
            var others = _byJob.GetValueOrDefault(info.JobName) ?? [];
            refusal = _stopReason ?? (!force && attempt.Job.Concurrency != Concurrency.Allow && _left.ContainsKey(info.JobName) ? "an execution of an earlier host is still being ended" : null) ?? (_waiting >= MaxWaiting
                ? string.Create(CultureInfo.InvariantCulture, $"{MaxWaiting} executions wait already for one of the {options.Value.MaxRunning} places of Dkron:MaxRunning")
                : others.Count > 0 && !force ? Refusal(attempt, others[^1]) : null);
            if (refusal is not null)
            {
                return false;
            }

            running = new RunningExecution(attempt, info, attempt.Job.Concurrency == Concurrency.Replace && !force ? [.. others] : []);
            _byId.Add(info.Id, running);
            others.Add(running);
            _byJob[info.JobName] = others;
            return true;
        }
    }

    /// <summary>Waits until an admitted and claimed execution may start, and ends those that it replaces.</summary>
    /// <returns>Why it must not start; null when it may.</returns>
    public async Task<string?> TurnAsync(RunningExecution running)
    {
        foreach (var other in running.Replaces)
        {
            other.Stop($"it was replaced by execution {running.Info.Id}");
        }

        var limit = LimitOf(running);
        var late = time.GetUtcNow() - running.Info.ScheduledAt;
        if (limit is { } deadline && late > deadline)
        {
            return $"it was missed: it could start only {Words(late)} later, and its starting deadline is {DurationText.Format(deadline)}";
        }

        using var timeUp = limit is null ? new CancellationTokenSource() : new CancellationTokenSource(limit.Value - (late < TimeSpan.Zero ? TimeSpan.Zero : late), time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(running.Stopped, timeUp.Token);
        try
        {
            given.Token.ThrowIfCancellationRequested();
            await Task.WhenAll(running.Replaces.Select(other => other.Ended)).WaitAsync(given.Token);
            await TakePlaceAsync(running, given.Token);
            running.ForgetReplaced();
            return null;
        }
        catch (OperationCanceledException)
        {
            return running.StopReason.Length > 0 ? running.StopReason
                : string.Create(CultureInfo.InvariantCulture, $"it could not start within {DurationText.Format(limit!.Value)}, its starting deadline: ")
                    + (running.Replaces.Any(other => !other.Ended.IsCompleted) ? "the execution that it replaces had not ended" : string.Create(CultureInfo.InvariantCulture, $"{options.Value.MaxRunning} others ran (Dkron:MaxRunning)"));
        }
    }

    public void Remove(RunningExecution running)
    {
        lock (_lock)
        {
            if (!_byId.Remove(running.Info.Id))
            {
                return;
            }

            var ofJob = _byJob[running.Info.JobName];
            ofJob.Remove(running);
            if (ofJob.Count == 0)
            {
                _byJob.Remove(running.Info.JobName);
            }
        }

        running.End();
        if (running.HasPlace)
        {
            _places.Release();
        }
    }

    /// <summary>Keeps a job that does not run beside itself from running beside a command that an earlier host has left.</summary>
    public void AddLeft(string jobName)
    {
        lock (_lock)
        {
            _left[jobName] = _left.GetValueOrDefault(jobName) + 1;
        }
    }

    /// <summary>That command is gone.</summary>
    public void RemoveLeft(string jobName)
    {
        lock (_lock)
        {
            if (--_left[jobName] == 0)
            {
                _left.Remove(jobName);
            }
        }
    }

    public RunningExecution? Find(string id)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Asks all commands to end, because the host does.</summary>
    public void StopAll(string reason)
    {
        foreach (var running in All)
        {
            running.Stop(reason, mayFollow: true);
        }
    }

    /// <summary>Admits nothing any more, and starts nothing that waits.</summary>
    public void Close(string reason)
    {
        lock (_lock)
        {
            _stopReason = reason;
        }

        foreach (var waiting in All.Where(running => !running.HasPlace))
        {
            waiting.Stop(reason, mayFollow: true);
        }
    }

    public void Dispose() => _places.Dispose();

    private static string? Refusal(Attempt attempt, RunningExecution other) => attempt.Job.Concurrency switch
    {
        Concurrency.Forbid => "it is running already and its concurrency is forbid",
        // What is older must not end what is newer.
        Concurrency.Replace when attempt.Number > 1 => $"execution {other.Info.Id} has taken its place, because its concurrency is replace",
        _ => null,
    };

    /// <summary>How late it may start. Ending what it replaces may take longer than is usual, and is worth it.</summary>
    private static TimeSpan? LimitOf(RunningExecution running) =>
        running.Info.Trigger == ExecutionTrigger.Schedule && running.Attempt.Number == 1 && running.Replaces.Count == 0
            ? Lateness.Deadline(running.Attempt.Job)
            : running.Attempt.Job.StartingDeadline;

    private async Task TakePlaceAsync(RunningExecution running, CancellationToken cancellationToken)
    {
        if (!TryTakePlace())
        {
            TellCrowd(Interlocked.Increment(ref _waiting));
            try
            {
                await _places.WaitAsync(cancellationToken);
            }
            finally
            {
                TellCrowd(Interlocked.Decrement(ref _waiting));
            }
        }

        running.HasPlace = true;
    }

    private bool TryTakePlace() => _places.Wait(0, CancellationToken.None);

    private void TellCrowd(int waiting)
    {
        lock (_lock)
        {
            if (_isCrowded == waiting > 0)
            {
                return;
            }

            _isCrowded = waiting > 0;
        }

        if (waiting > 0)
        {
            LogCrowded(options.Value.MaxRunning);
        }
        else
        {
            LogRoomAgain();
        }
    }

    private static string Words(TimeSpan time) => DurationText.Format(TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds)));

    [LoggerMessage(8050, LogLevel.Warning, "{MaxRunning} commands run, as many as Dkron:MaxRunning allows: further ones wait for their turn")]
    private partial void LogCrowded(int maxRunning);

    [LoggerMessage(8051, LogLevel.Information, "No command waits for its turn any more")]
    private partial void LogRoomAgain();
}
