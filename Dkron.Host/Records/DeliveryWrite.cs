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
        var small = OutputStore.Small(input);
        return new DeliveryWrite(delivery with { HasInput = true }, small, small is null ? input : null);
    }
}
