using System.Diagnostics.CodeAnalysis;
using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Runs;

/// <summary>All executions whose command runs, and the rule that <c>concurrency: forbid</c> makes for them.</summary>
/// <remarks>Thread-safe: of two attempts at the same moment at most one of a forbidding job is admitted.</remarks>
internal sealed class RunningExecutions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunningExecution> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _perJob = new(StringComparer.Ordinal);
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

    /// <summary>Admits an execution, or says why it must not run now.</summary>
    /// <param name="force">Run also beside another execution of a forbidding job.</param>
    public bool TryAdd(Attempt attempt, ExecutionInfo info, bool force, [NotNullWhen(true)] out RunningExecution? running, [NotNullWhen(false)] out string? refusal)
    {
        running = null;
        lock (_lock)
        {
            var others = _perJob.GetValueOrDefault(info.JobName);
            refusal = _stopReason is not null ? _stopReason
                : others > 0 && attempt.Job.Concurrency == Concurrency.Forbid && !force ? "it is running already and its concurrency is forbid"
                : null;
            if (refusal is not null)
            {
                return false;
            }

            running = new RunningExecution(attempt, info);
            _byId.Add(info.Id, running);
            _perJob[info.JobName] = others + 1;
            return true;
        }
    }

    public void Remove(RunningExecution running)
    {
        lock (_lock)
        {
            _byId.Remove(running.Info.Id);
            if (--_perJob[running.Info.JobName] == 0)
            {
                _perJob.Remove(running.Info.JobName);
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

    /// <summary>Asks all commands to end.</summary>
    public void StopAll(string reason)
    {
        foreach (var running in All)
        {
            running.Stop(reason);
        }
    }

    /// <summary>Admits nothing any more.</summary>
    public void Close(string reason)
    {
        lock (_lock)
        {
            _stopReason = reason;
        }
    }
}
