namespace Dkron.Host.Records;

/// <summary>Whether results reach the disk.</summary>
/// <param name="Reason">Why nothing can be written, in words; null when all is well.</param>
/// <param name="Since">Since when, in UTC; null when all is well.</param>
/// <param name="WaitingWrites">How many writes wait in memory for their turn or for the disk.</param>
internal sealed record RecordsHealth(string? Reason, DateTimeOffset? Since, int WaitingWrites)
{
    public bool IsWritable => Reason is null;
}
