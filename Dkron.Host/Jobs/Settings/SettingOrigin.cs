namespace Dkron.Host.Jobs.Settings;

/// <summary>Where settings come from.</summary>
/// <param name="Name">A file's path, an environment variable or an argument, as problems name it.</param>
/// <param name="Folder">The absolute folder from which relative paths in it count.</param>
internal sealed record SettingOrigin(string Name, string Folder);
