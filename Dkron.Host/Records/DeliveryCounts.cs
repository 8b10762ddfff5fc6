namespace Dkron.Host.Records;

/// <summary>How many steps that did not work there are.</summary>
/// <param name="Waiting">Those that are tried again by the host.</param>
/// <param name="Dead">Those that were given up.</param>
internal sealed record DeliveryCounts(long Waiting, long Dead);
