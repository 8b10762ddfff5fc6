namespace Dkron.Host.Records;

/// <summary>A delivery with what names its execution.</summary>
internal sealed record ExecutionDelivery(StepDelivery Delivery, string ExecutionId, string JobName);
