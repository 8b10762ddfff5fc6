using Dkron.Abstractions;

namespace Dkron.Host.Records;

/// <summary>A delivery on its way to the disk.</summary>
/// <param name="Delivery">What is known of it.</param>
/// <param name="Input">The output that the step got and gets again; null when it need not be kept here, or is already, or is <paramref name="LargeInput"/>.</param>
/// <param name="LargeInput">The same when it is too large for the database: it goes to a file before the delivery is written, so that it cannot be written behind.</param>
internal sealed record DeliveryWrite(StepDelivery Delivery, StoredOutput? Input, ExecutionOutput? LargeInput = null)
{
    /// <summary>A delivery whose step is to be given an output that is kept with it.</summary>
    public static DeliveryWrite With(StepDelivery delivery, ExecutionOutput input)
    {
        var small = OutputStore.Small(InMemory(input));
        return new DeliveryWrite(delivery with { HasInput = true }, small, small is null ? input : null);
    }

    /// <summary>A small output that is read from the records each time, as those of an earlier host are, is no large one.</summary>
    private static ExecutionOutput InMemory(ExecutionOutput output)
    {
        if (output.IsInMemory || output.Length > OutputStore.LargestInDatabase)
        {
            return output;
        }

        try
        {
            using var source = output.OpenRead();
            using var bytes = new MemoryStream();
            source.CopyTo(bytes);
            return ExecutionOutput.FromBytes(bytes.ToArray()).WithOmitted(output.OmittedBytes, output.OmittedAt);
        }
        catch (RecordsException)
        {
            // Who writes it reads it once more, and judges.
            return output;
        }
    }
}
