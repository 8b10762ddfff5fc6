namespace Dkron.Host.Records;

/// <summary>A delivery with what names its execution.</summary>
internal sealed record ExecutionDelivery(StepDelivery Delivery, string ExecutionId, string JobName)
{
    /// <summary>Whether its checksum is wrong, so that it is given as Dead whatever it was.</summary>
    public bool IsDamaged { get; init; }
}
