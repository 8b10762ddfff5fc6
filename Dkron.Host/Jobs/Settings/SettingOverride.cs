namespace Dkron.Host.Jobs.Settings;

/// <summary>One value that is laid over the files: an environment variable or an argument.</summary>
/// <param name="Path">The keys from the top, at least two.</param>
/// <param name="Text">The value.</param>
/// <param name="Origin">Where it was given.</param>
internal sealed record SettingOverride(IReadOnlyList<string> Path, string Text, SettingOrigin Origin);
