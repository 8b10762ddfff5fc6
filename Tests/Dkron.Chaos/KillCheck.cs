using System.Globalization;
using System.Text;
using Dkron.Abstractions;
using Dkron.Host.Records;

namespace Dkron.Chaos;

/// <summary>Holds what is on disk in the end against what was promised.</summary>
internal sealed class KillCheck(IReadOnlyList<Life> lives, Evidence evidence, IReadOnlyList<string> steps, bool isDiskTroubled = false)
{
    /// <summary>What is kept of an output while no file can be written, and the most that the line may take that says so.</summary>
    private const int BytesWithoutFile = 64 * 1024;
    private const int MostOfTheMark = 1024;

    private readonly List<string> _findings = [];
    private readonly Dictionary<long, StoredExecution> _byKey = evidence.Executions.ToDictionary(execution => execution.Key);
    private int _due;
    private int _cut;
    private int _undelivered;
    private int _repeats;
    private int _failed;

    /// <returns>One sentence for each broken promise.</returns>
    public IReadOnlyList<string> Findings()
    {
        CheckEvidence();
        CheckLives();
        CheckEnds();
        CheckAttempts();
        CheckDue();
        CheckDeliveries();
        CheckTraces();
        return _findings;
    }

    public string Figures()
    {
        var restarts = lives.Where(life => life.ReadyAt is not null).Select(life => (life.ReadyAt!.Value - life.StartedAt).TotalMilliseconds).Order().ToArray();
        var lags = evidence.Executions.Where(execution => execution is { IsScheduled: true, Attempt: 1 }).Select(execution => (UnixNanoseconds.ToTime(execution.Key) - execution.ScheduledAt).TotalMilliseconds).Order().ToArray();
        var text = new StringBuilder()
            .AppendLine($"kills                     {lives.Count(life => life.IsKilled),10:N0}   {lives.Count(life => life.ReadyAt is null)} before the agent was ready")
            .AppendLine($"firings due               {_due,10:N0}   {_cut} of them not on record")
            .AppendLine($"executions                {evidence.Executions.Count,10:N0}   {string.Join(", ", evidence.Executions.GroupBy(e => e.Status).OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Count()}"))}")
            .AppendLine($"in flight at kills        {lives.Sum(life => life.InFlight.Count),10:N0}   at most {lives.Max(life => life.InFlight.Count)} at one")
            .AppendLine($"deliveries                {evidence.Deliveries.Count,10:N0}   {_undelivered} missing, {_repeats} repeated, {_failed} tried again; steps that waited at kills {lives.Sum(life => life.Waiting.Count):N0}")
            .AppendLine($"broken promises           {_findings.Count,10:N0}");
        if (restarts.Length > 0 && lags.Length > 0)
        {
            text.AppendLine($"start to ready, ms        {restarts[restarts.Length / 2],10:N0}   at most {restarts[^1]:N0}")
                .AppendLine($"due to claim, ms          {lags[lags.Length / 2],10:N0}   p99 {lags[(int)(lags.Length * 0.99)]:N0}, at most {lags[^1]:N0}")
                .AppendLine($"check of the database, ms {lives.Average(life => life.CheckTime.TotalMilliseconds),10:N0}   at most {lives.Max(life => life.CheckTime.TotalMilliseconds):N0}, passed {lives.Count(life => life.Damage.Count == 0)} of {lives.Count} times");
        }

        return text.ToString();
    }

    /// <summary>Nothing can be broken where nothing happened.</summary>
    private void CheckEvidence()
    {
        var seen = evidence.Executions.Select(execution => execution.Job).ToHashSet(StringComparer.Ordinal);
        _findings.AddRange(evidence.JobNames.Where(job => !seen.Contains(job)).Select(job => $"job {job}: nothing at all is recorded of it"));
        if (evidence.JobNames.Count == 0 || evidence.Deliveries.All(call => call.HasWorked))
        {
            _findings.Add("there were no jobs, or no call of a processor that did not work, so that this run shows little");
        }
    }

    private void CheckLives()
    {
        for (var i = 0; i < lives.Count; i++)
        {
            _findings.AddRange(lives[i].Damage.Select(damage => $"after life {i}: {damage}"));
            _findings.AddRange(lives[i].Log.Split('\n').Where(line => line.Contains("[ERR]", StringComparison.Ordinal) || line.Contains("[FTL]", StringComparison.Ordinal)).Select(line => $"in life {i}: {line}"));
        }
    }

    private void CheckEnds()
    {
        var inFlight = lives.SelectMany(life => life.InFlight).ToHashSet();
        _findings.AddRange(evidence.Executions.Where(execution => execution.Status == ExecutionStatus.Running || (!execution.IsProcessed && !IsLeft(execution.Key))).Select(execution => $"execution {execution.Name}: it has no end"));
        _findings.AddRange(evidence.Executions.Where(execution => execution.Status == ExecutionStatus.Lost && !inFlight.Contains(execution.Key)).Select(execution => $"execution {execution.Name}: lost, but it was not in flight at a kill"));
    }

    private void CheckAttempts()
    {
        foreach (var firing in evidence.Executions.GroupBy(execution => (execution.Job, execution.Firing)))
        {
            var attempts = firing.Select(execution => execution.Attempt).Order().ToList();
            if (!attempts.SequenceEqual(Enumerable.Range(1, attempts.Count)))
            {
                _findings.Add($"firing {firing.Key.Firing} of {firing.Key.Job}: its attempts are {string.Join(", ", attempts)}");
            }
        }
    }

    private void CheckDue()
    {
        var fired = evidence.Executions.Where(execution => execution.IsScheduled).Select(execution => (execution.Job, execution.ScheduledAt)).ToHashSet();
        foreach (var skipped in evidence.Executions.Where(execution => execution is { IsScheduled: true, Covers.Count: > 1 }))
        {
            var (from, to, count) = skipped.Covers;
            var all = Enumerable.Range(0, (int)(to - from).TotalSeconds + 1).Select(second => (skipped.Job, from.AddSeconds(second))).ToList();
            if (all.Count != count || to != skipped.ScheduledAt)
            {
                _findings.Add($"execution {skipped.Name}: it says that {count} firings were missed from {from:O} to {to:O}, the last of which is due at {skipped.ScheduledAt:O}");
            }

            fired.UnionWith(all);
        }

        // The last agent ran until each job had come to the present.
        var lately = evidence.Executions.Where(execution => execution.IsScheduled && UnixNanoseconds.ToTime(execution.Key) > lives[^1].StartedAt).Select(execution => execution.Job).ToHashSet(StringComparer.Ordinal);
        _findings.AddRange(fired.Select(one => one.Job).Distinct().Where(job => !lately.Contains(job)).Select(job => $"job {job}: nothing at all is recorded of it while the last agent ran ({lives[^1].StartedAt:O} to {lives[^1].EndedAt:O})"));

        // A job's firings come in their order, so that from the first to the last one each second counts, also those at which no agent ran: an agent makes up for what was missed, or says that it was.
        // A further attempt has a time of its own, which may be later than that of any firing.
        var lasts = evidence.Executions.Where(execution => execution is { IsScheduled: true, Attempt: 1 }).GroupBy(execution => execution.Job, execution => execution.ScheduledAt).ToDictionary(job => job.Key, job => job.Max(), StringComparer.Ordinal);
        foreach (var job in fired.GroupBy(one => one.Job, one => one.ScheduledAt))
        {
            var last = lasts.GetValueOrDefault(job.Key, DateTimeOffset.MinValue);
            for (var due = job.Min(); due < last; due = due.AddSeconds(1))
            {
                _due++;
                if (!fired.Contains((job.Key, due)))
                {
                    _cut++;
                    _findings.Add($"job {job.Key} was due at {due:O}, and nothing is recorded of it");
                }
            }
        }
    }

    private void CheckDeliveries()
    {
        var delivered = evidence.Deliveries.ToLookup(delivery => (delivery.Key, delivery.Step));
        _findings.AddRange(evidence.Deliveries.Where(delivery => !_byKey.ContainsKey(delivery.Key)).Select(delivery => $"execution {delivery.ExecutionId} was delivered, and there is no record of it"));
        foreach (var execution in evidence.Executions.Where(execution => execution.Status != ExecutionStatus.Skipped))
        {
            var invocations = new HashSet<string>();
            foreach (var step in steps)
            {
                var calls = delivered[(execution.Key, step)].ToList();
                if (IsLeft(execution.Key) && !calls.Exists(call => call.HasWorked))
                {
                    continue;
                }

                if (calls.Count == 0)
                {
                    _undelivered++;
                    _findings.Add($"execution {execution.Name}: step {step} never got it");
                    continue;
                }

                if (calls.Select(call => call.InvocationId).Distinct().Count() > 1 || !invocations.Add(calls[0].InvocationId))
                {
                    _findings.Add($"execution {execution.Name}: step {step} was called as {string.Join(", ", calls.Select(call => call.InvocationId).Distinct())}");
                }

                if (calls.Any(call => !IsRight(execution, call.Text)))
                {
                    _findings.Add($"execution {execution.Name}: step {step} got '{calls[0].Text}'");
                }

                if (!calls.Exists(call => call.HasWorked))
                {
                    _findings.Add($"execution {execution.Name}: no call of step {step} worked, and none will come");
                }

                CheckRepeats(execution, step, calls);
            }
        }
    }

    /// <summary>A try may come again only after a kill that found the execution in flight, or the step waiting; the next one only after one that did not work.</summary>
    private void CheckRepeats(StoredExecution execution, string step, List<Delivery> calls)
    {
        foreach (var (call, next) in calls.Zip(calls.Skip(1)))
        {
            if (next.Try == call.Try + 1 && !call.HasWorked)
            {
                _failed++;
                continue;
            }

            if (next.Try != call.Try)
            {
                _findings.Add($"execution {execution.Name}: step {step} was called for try {next.Try} after try {call.Try}, which {(call.HasWorked ? "worked" : "did not work")}");
                continue;
            }

            _repeats++;
            var (before, after) = (call.Life, next.Life);
            if (before >= after || Enumerable.Range(before, after - before).Any(life => !lives[life].InFlight.Contains(execution.Key) && !lives[life].Waiting.Contains(execution.Key)))
            {
                _findings.Add($"execution {execution.Name}: step {step} was called in life {before} and again in life {after}, but it was not in flight at the kill between");
            }
        }
    }

    private void CheckTraces()
    {
        var ran = new HashSet<string>();
        foreach (var id in evidence.Traces)
        {
            if (!ExecutionId.TryParse(id, out var key, out _) || !_byKey.ContainsKey(key))
            {
                _findings.Add($"a command ran as execution {id}, and there is no record of it");
            }
            else if (!ran.Add(id))
            {
                _findings.Add($"the command of execution {id} ran twice");
            }
        }
    }

    private bool IsRight(StoredExecution execution, string text) => execution.Status != ExecutionStatus.Succeeded || execution.Job.Split('-')[0] switch
    {
        "id" or "trace" => text.StartsWith($"{execution.Key}-", StringComparison.Ordinal),
        "long" => text == "108894 bytes" || (isDiskTroubled && IsCut(text)),   // seq 1 20000 | wc -c
        _ => text.Length == 0,
    };

    /// <summary>A command that writes while the disk fills up loses the middle of what it wrote, and the output says so.</summary>
    private static bool IsCut(string text) => text.EndsWith(" bytes", StringComparison.Ordinal)
        && int.TryParse(text[..^" bytes".Length], CultureInfo.InvariantCulture, out var bytes) && bytes > BytesWithoutFile && bytes <= BytesWithoutFile + MostOfTheMark;

    /// <summary>Whether an execution was left to a next agent. Only what was begun shortly before the end: all else had to be brought to its end.</summary>
    private bool IsLeft(long key) => (lives[^1].Waiting.Contains(key) || lives[^1].InFlight.Contains(key)) && UnixNanoseconds.ToTime(key) > lives[^1].SettledAt;
}
