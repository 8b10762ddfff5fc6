namespace Dkron.Host.Jobs.Settings;

/// <summary>The first line of the last good settings.</summary>
internal sealed record LastGoodHeader(string Sha256, IReadOnlyList<LastGoodFile> Files);
