using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>What writes about steps that did not work do within a batch.</summary>
internal static class DeliveryOperations
{
    /// <summary>Records that processing waits for a step.</summary>
    public static bool Suspend(WriteBatch batch, ProcessingEnd end, StoredOutcomes outcomes, StoredOutput? output)
    {
        var row = batch.Row(end.Info.Id);
        if (row.HasDeliveries)
        {
            // The one that the later steps waited for before has had its success, or waits again and is stored anew.
            batch.DeleteHolding(row.Key);
            row = row with { HasDeliveries = batch.HasDeliveries(row.Key) };
        }

        RecordOperations.Replace(batch, row, OutputKind.Processed, output);
        batch.Stage(Store(batch, row with { Outcomes = outcomes, HasProcessedOutput = row.HasProcessedOutput || output is not null }, end.Deliveries));
        return true;
    }

    /// <summary>Records the end of one try of a step after the others were called, or that it waits again.</summary>
    /// <param name="batch">The transaction.</param>
    /// <param name="id">The execution.</param>
    /// <param name="tried">The step that was tried.</param>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="output">The output of the execution from now on; null when that stays.</param>
    /// <param name="next">What there is to remember of it; null when it worked.</param>
    /// <param name="keepRaw">Whether the raw output stays beside a processed one.</param>
    public static bool EndTry(WriteBatch batch, string id, int tried, ProcessorOutcome outcome, StoredOutput? output, DeliveryWrite? next, bool keepRaw)
    {
        var row = batch.Row(id).WithOutcome(tried, outcome);
        RecordOperations.Replace(batch, row, OutputKind.Processed, output);
        row = row with { HasProcessedOutput = row.HasProcessedOutput || output is not null };
        if (next is null)
        {
            batch.DeleteDelivery(row.Key, tried);
            row = row with { HasDeliveries = batch.HasDeliveries(row.Key) };
        }
        else
        {
            row = Store(batch, row, [next]);
        }

        if (row is { IsProcessed: true, HasDeliveries: false, HasProcessedOutput: true, HasRawOutput: true } && !keepRaw)
        {
            batch.DeleteOutput(row.Key, OutputKind.Raw, except: null);
            row = row with { HasRawOutput = false };
        }

        batch.Stage(row);
        return true;
    }

    /// <summary>Forgets what the steps of executions did, so that all are called again with what the command wrote.</summary>
    /// <returns>Those for which that was done: what is not there any more, or not processed yet, is passed over.</returns>
    public static IReadOnlyList<string> Reopen(WriteBatch batch, IReadOnlyCollection<ExecutionInfo> executions)
    {
        var reopened = new List<string>();
        foreach (var info in executions)
        {
            if (batch.Find(ExecutionId.KeyOf(info.Id)) is not { FinishedAt: not null } row)
            {
                continue;
            }

            RecordOperations.Replace(batch, row, OutputKind.Processed, output: null, isGone: true);
            batch.DeleteDeliveries(row.Key);
            // The counters keep how it ended before until it has ended anew.
            batch.Stage(row with { Info = info, IsProcessed = false, CountedAs = row.IsProcessed ? row.Info.Status : row.CountedAs, Outcomes = StoredOutcomes.None, HasProcessedOutput = false, HasDeliveries = false });
            reopened.Add(info.Id);
        }

        return reopened;
    }

    /// <summary>Lets one step be tried now.</summary>
    public static bool Requeue(WriteBatch batch, DeliveryWrite delivery)
    {
        if (batch.Find(delivery.Delivery.Key) is not { FinishedAt: not null } row)
        {
            return false;
        }

        batch.Stage(Store(batch, row, [delivery]));
        return true;
    }

    /// <summary>Writes deliveries and gives the row that goes with them.</summary>
    public static ExecutionRow Store(WriteBatch batch, ExecutionRow row, IReadOnlyCollection<DeliveryWrite> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            batch.StoreDelivery(delivery);
        }

        return deliveries.Count == 0 ? row : row with { HasDeliveries = true };
    }
}
