namespace Dkron.Host.Records;

/// <summary>A delivery on its way to the disk.</summary>
/// <param name="Delivery">What is known of it.</param>
/// <param name="Input">The output that the step got and gets again; null when it need not be kept here, or is already.</param>
internal sealed record DeliveryWrite(StepDelivery Delivery, StoredOutput? Input);
