namespace Dkron.Host.Jobs.Settings;

/// <summary>One file in the last good settings, and how many bytes of it follow.</summary>
internal sealed record LastGoodFile(string Path, int Length, bool Absent);
