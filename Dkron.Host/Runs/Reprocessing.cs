using Dkron.Abstractions;
using Dkron.Host.Jobs;
using Dkron.Host.Records;

namespace Dkron.Host.Runs;

/// <summary>Lets processors be called again for executions that they have had before, because an operator asked for it.</summary>
internal sealed class Reprocessing(ExecutionRecords records, ExecutionProcessing processing, ProcessingRoom room, TimeProvider time)
{
    /// <summary>Records that executions are to be processed anew, and returns; the work follows.</summary>
    /// <param name="ids">The executions.</param>
    /// <param name="step">Only the steps of that processor; null for all steps.</param>
    /// <param name="deadOnly">Only those of them that are dead letters: what worked beside them is not done twice.</param>
    /// <param name="cancellationToken">Gives up; what was recorded is done.</param>
    /// <returns>What was taken on, and why the rest was not.</returns>
    public async Task<(IReadOnlyList<string> Taken, IReadOnlyList<string> PassedOver)> AskAsync(IReadOnlyCollection<string> ids, string? step, bool deadOnly, CancellationToken cancellationToken)
    {
        var taken = new List<string>();
        var passedOver = new List<string>();
        try
        {
            foreach (var id in ids.Distinct(StringComparer.Ordinal))
            {
                if (await AskOfAsync(id, step, deadOnly, cancellationToken) is { } why)
                {
                    passedOver.Add(why);
                }
                else
                {
                    taken.Add(id);
                }
            }
        }
        finally
        {
            // Also for those that were passed over: while they were held here, they counted as seen by who looks for results on disk.
            room.Spill();
        }

        return (taken, passedOver);
    }

    /// <returns>Why it was passed over; null when it was taken on.</returns>
    private async Task<string?> AskOfAsync(string id, string? step, bool deadOnly, CancellationToken cancellationToken)
    {
        if (!room.TryHold(id))
        {
            return $"execution {id} is with its processors at this moment";
        }

        try
        {
            return records.Find(id) is not { } record ? $"there is no execution '{id}'; dkron executions lists them"
                : record.IsDamaged ? $"the record of execution {id} is damaged"
                : record.Info.Status is ExecutionStatus.Running or ExecutionStatus.Skipped ? $"execution {id} has no result: it {(record.Info.Status == ExecutionStatus.Running ? "runs" : "was skipped")}"
                : processing.JobOf(record) is not { Steps.Count: > 0 } job ? $"execution {id} has no processors"
                : !deadOnly && step is null ? await AskAllAsync(record, job, cancellationToken)
                : await processing.MendAsync(record) is not { } mended ? Pruned(record)
                : deadOnly || step is null ? await AskDeadAsync(mended, step, cancellationToken) : await AskOneAsync(mended, job, step, cancellationToken);
        }
        catch (RecordsException e)
        {
            // What is damaged here says nothing of the others, some of which are taken on already.
            return $"execution {id}: {e.Message}";
        }
        finally
        {
            room.Leave(id);
        }
    }

    private async Task<string?> AskAllAsync(ExecutionRecord record, JobProcessing job, CancellationToken cancellationToken) =>
        LostRaw(record) ?? ((await records.ReopenAsync([BeforeItsSteps(record, job)], cancellationToken)).Count == 0 ? Pruned(record) : null);

    private async Task<string?> AskOneAsync(ExecutionRecord record, JobProcessing job, string name, CancellationToken cancellationToken)
    {
        var steps = Enumerable.Range(0, job.Steps.Count).Where(index => job.Steps[index].Name == name).ToList();
        if (steps.Count == 0)
        {
            return $"execution {record.Info.Id} has no step '{name}'; its processors are {string.Join(", ", job.Steps.Select(one => one.Name).Distinct(StringComparer.Ordinal))}";
        }

        if (steps[0] >= record.Outcomes.Count)
        {
            return $"execution {record.Info.Id} has not come to its step '{name}' yet";
        }

        var known = records.Deliveries.Of(record.Info.Id).Where(one => !one.IsDamaged).ToDictionary(one => one.Delivery.Step, one => one.Delivery);
        foreach (var step in steps.Where(step => step < record.Outcomes.Count))
        {
            var write = known.GetValueOrDefault(step) is { } delivery
                ? Anew(delivery)
                : NewDelivery(record, step);
            if (write is null)
            {
                return LostRaw(record);
            }

            if (!await records.RequeueAsync(record.Info.Id, write, cancellationToken))
            {
                return Pruned(record);
            }
        }

        return null;
    }

    private async Task<string?> AskDeadAsync(ExecutionRecord record, string? name, CancellationToken cancellationToken)
    {
        var dead = records.Deliveries.Of(record.Info.Id).Where(one => !one.IsDamaged).Select(one => one.Delivery).Where(one => one.State == DeliveryState.Dead && (name is null || one.Processor == name)).ToList();
        foreach (var delivery in dead)
        {
            if (!await records.RequeueAsync(record.Info.Id, Anew(delivery), cancellationToken))
            {
                return Pruned(record);
            }
        }

        return dead.Count > 0 ? null : $"execution {record.Info.Id} has no dead letter{(name is null ? "" : $" of '{name}'")} any more";
    }

    /// <summary>With what the step got, and with all its tries.</summary>
    private DeliveryWrite Anew(StepDelivery delivery) => new(delivery with { State = DeliveryState.Waiting, At = time.GetUtcNow(), EarlierTries = delivery.Tries }, null);

    /// <summary>For a step of which nothing was kept: it gets what the command wrote when it is the first, and otherwise the output as it is kept now.</summary>
    private DeliveryWrite? NewDelivery(ExecutionRecord record, int step)
    {
        var hasInput = records.Deliveries.HasInput(ExecutionId.KeyOf(record.Info.Id), step);   // of a delivery that is damaged
        var isRaw = !hasInput && (step == 0 || ReferenceEquals(record.Output, record.RawOutput));
        if (isRaw && LostRaw(record) is not null)
        {
            return null;
        }

        var outcome = record.Outcomes[step];
        var tries = outcome.State == OutcomeState.Skipped ? 0 : 1;
        var delivery = new StepDelivery
        {
            Key = ExecutionId.KeyOf(record.Info.Id),
            Step = step,
            Processor = outcome.Name,
            Tries = tries,
            EarlierTries = tries,
            At = time.GetUtcNow(),
            Reason = outcome.Error ?? "an operator asked for it",
            State = DeliveryState.Waiting,
            HasInput = hasInput,
        };
        return isRaw || hasInput ? new DeliveryWrite(delivery, null) : DeliveryWrite.With(delivery, record.Output);
    }

    /// <summary>How the execution stood before its steps: one of them may have made it count as failed.</summary>
    private static ExecutionInfo BeforeItsSteps(ExecutionRecord record, JobProcessing job)
    {
        var info = record.Info;
        var failedByStep = job.Steps.Zip(record.Outcomes).Any(pair => pair.First.OnError == StepFailure.Fail && info.Error == $"processor {pair.Second.Name}: {pair.Second.Error}");
        return failedByStep && info is { Status: ExecutionStatus.Failed, ExitCode: 0 } ? info with { Status = ExecutionStatus.Succeeded, Error = null } : info;
    }

    private static string Pruned(ExecutionRecord record) => $"execution {record.Info.Id} was pruned";

    private static string? LostRaw(ExecutionRecord record) =>
        record.RawOutput.Length == 0 && record.Outcomes is [{ BytesIn: > 0 }, ..]
            ? $"what the command of execution {record.Info.Id} wrote is not kept any more (Dkron:Records:KeepRaw)"
            : null;
}
