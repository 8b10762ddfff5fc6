using System.Globalization;

namespace Dkron.Host.Scheduling;

/// <summary>Due times that were missed and are recorded together.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Count">How many; not counted beyond <see cref="CatchUp.MaxCounted"/>.</param>
/// <param name="Why">Why they are not made up for.</param>
internal sealed record SkippedFirings(DateTimeOffset First, DateTimeOffset Last, int Count, string Why)
{
    public string Reason => Count == 1
        ? $"it was missed: {Why}"
        : string.Create(CultureInfo.InvariantCulture, $"{(Count >= CatchUp.MaxCounted ? "at least " : "")}{Count} firings from {First.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} to {Last.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} were missed: {Why}");
}
