namespace Dkron.Host.Jobs.Settings;

/// <summary>A file that settings are read from.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Optional">Whether it may be absent.</param>
internal sealed record SettingsFile(string Path, bool Optional);
