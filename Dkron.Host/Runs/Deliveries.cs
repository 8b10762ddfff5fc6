using System.Collections.Concurrent;
using Dkron.Abstractions;
using Dkron.Host.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dkron.Host.Runs;

/// <summary>Takes up from disk what is due there: steps whose next try has come, and results whose processors have not been called.</summary>
internal sealed partial class Deliveries(ExecutionRecords records, ExecutionProcessing processing, ProcessingRoom room, LateEnds lateEnds, HostEnd end, TimeProvider time, ILogger<Deliveries> logger) : BackgroundService
{
    private const int Page = 256;

    /// <summary>Between looks when nothing is known to be due: another clock may have been set, another program may have written.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(5);

    private readonly OwnedTasks _work = new(logger);

    /// <summary>What failed here, and until when it is left alone: a damaged record would fail again, and is left to the next start.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _putOff = new(StringComparer.Ordinal);

    private bool _isFailing;

    /// <summary>Takes up nothing more, and ends when what was taken up has ended.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await end.FinishAsync(_work.WhenIdleAsync());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await room.Bell.WaitAsync(Look(), stoppingToken);
        }
    }

    /// <summary>Takes up what it can.</summary>
    /// <returns>When to look again unless somebody rings.</returns>
    private TimeSpan Look()
    {
        if (end.IsEnding)
        {
            return LongestWait;
        }

        try
        {
            var now = time.GetUtcNow();
            if (HasLetBack(now))
            {
                room.Spill();
            }

            var page = room.Limit + Page + _putOff.Count;
            var all = records.Deliveries.Due(now, page);
            if (all.Count == page)
            {
                room.AskForMore();
            }

            foreach (var due in all)
            {
                TakeUp(due.ExecutionId, () => TryAndResumeAsync(due));
            }

            if (room.IsSpilt)
            {
                room.Drain(TakeUpResults);
            }

            var wait = (records.Deliveries.NextDueAfter(now) - now) ?? LongestWait;
            _isFailing = false;
            return wait < LongestWait ? wait : LongestWait;
        }
        catch (RecordsException e)
        {
            if (!_isFailing)
            {
                LogFailing(e.Message);
            }

            _isFailing = true;
            return AfterError;
        }
    }

    private bool TakeUpResults()
    {
        // Those that are taken up already stand among the oldest, so that a page must be longer than there are places.
        var page = room.Limit + Page + _putOff.Count;
        var ids = records.Deliveries.Unprocessed(page);
        foreach (var id in ids)
        {
            TakeUp(id, () => ResumeAsync(id));
        }

        return ids.Count < page && ids.All(id => room.IsIn(id) || _putOff.ContainsKey(id));
    }

    private void TakeUp(string id, Func<Task> work)
    {
        if (!_putOff.ContainsKey(id) && room.TryTakeUp(id))
        {
            _work.Own(WorkAsync(id, work), $"Processing of execution {id}");
        }
    }

    private async Task WorkAsync(string id, Func<Task> work)
    {
        await Task.Yield();
        try
        {
            await work();
        }
        catch
        {
            // Not for good: what could not be read may be readable again.
            _putOff[id] = time.GetUtcNow() + LongestWait;
            throw;
        }
        finally
        {
            room.Leave(id);
        }
    }

    /// <returns>Whether the time of some that were put off is over: while they were, they counted as seen, so that they must be looked for again.</returns>
    private bool HasLetBack(DateTimeOffset now)
    {
        var over = _putOff.Where(one => one.Value <= now).ToList();
        over.ForEach(one => _putOff.TryRemove(one));
        return over.Count > 0;
    }

    /// <summary>Calls the processors that were not called, if the execution has a result and waits for no step.</summary>
    private async Task ResumeAsync(string id)
    {
        if (await FindAsync(id) is not { IsProcessed: false } record || record.Info.Status == ExecutionStatus.Running)
        {
            return;
        }

        if (record.HasDeliveries && records.Deliveries.Of(id).Any(one => one.Delivery is { Holds: true, State: DeliveryState.Waiting }))
        {
            return;
        }

        Tell(await processing.ResumeAsync(record, held: null));
    }

    private async Task TryAndResumeAsync(ExecutionDelivery due)
    {
        await TryAsync(due);
        if (!end.IsEnding)
        {
            // An earlier host may have been killed in the middle of the chain, after this step. Who looks for such results leaves
            // this one to us as long as it has its place.
            await ResumeAsync(due.ExecutionId);
        }
    }

    private async Task TryAsync(ExecutionDelivery due)
    {
        // As it stands now that nobody else works on this execution: it may have been tried and given up since it was looked for.
        if (await FindAsync(due.ExecutionId) is not { } record
            || records.Deliveries.Of(due.ExecutionId).FirstOrDefault(one => one.Delivery.Step == due.Delivery.Step) is not { Delivery: { State: DeliveryState.Waiting } delivery }
            || delivery.At > time.GetUtcNow())
        {
            return;
        }

        if (delivery.Holds)
        {
            Tell(await processing.ResumeAsync(record, delivery));
        }
        else
        {
            await processing.TryAgainAsync(record, delivery);
        }
    }

    /// <summary>An execution as it is to be worked on: steps of which is not remembered any more how they wait are dead letters now.</summary>
    /// <returns>Null when it is gone, or when its record is damaged: what its processors do could not be recorded.</returns>
    private async Task<ExecutionRecord?> FindAsync(string id)
    {
        var record = records.Find(id);
        if (record is { IsDamaged: true })
        {
            if (_putOff.TryAdd(id, DateTimeOffset.MaxValue))
            {
                LogDamagedRecord(record.Info.JobName, id);
            }

            return null;
        }

        return record is null ? null : await processing.MendAsync(record);
    }

    private void Tell(ExecutionInfo? ended)
    {
        if (ended is not null)
        {
            lateEnds.Tell(ended);
        }
    }

    [LoggerMessage(8056, LogLevel.Error, "What waits for its processors cannot be read from the records: {Reason}")]
    private partial void LogFailing(string reason);

    [LoggerMessage(8058, LogLevel.Error, "Job {Job}, execution {Execution}: its record is damaged, so its processors are not called; dkron records check says what is wrong")]
    private partial void LogDamagedRecord(string job, string execution);
}
