using Dkron.Host.Api;
using Dkron.Host.Records;

namespace Dkron.Host;

/// <summary>How it stands with results, as far as the records know.</summary>
internal static class NodeProcessing
{
    public static ProcessingDocument Of(DeliveryReader deliveries)
    {
        var counts = deliveries.Counts();
        return new ProcessingDocument { Unfinished = deliveries.CountUnprocessed(), WaitingSteps = counts.Waiting, DeadLetters = counts.Dead };
    }
}
