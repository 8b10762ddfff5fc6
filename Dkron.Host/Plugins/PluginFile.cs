namespace Dkron.Host.Plugins;

/// <summary>One file of a plugin.</summary>
/// <param name="RelativePath">Its path below the plugin's folder.</param>
/// <param name="RealPath">Its absolute path with all links resolved.</param>
/// <param name="Identity">What it was when it was looked at.</param>
internal readonly record struct PluginFile(string RelativePath, string RealPath, FileIdentity Identity);
