namespace Dkron.Host.Plugins;

/// <summary>What happens to a plugin that others than root and the host's own user could change.</summary>
internal enum PermissionCheck
{
    /// <summary>It is refused.</summary>
    Enforce,

    /// <summary>It is used, with a warning.</summary>
    Warn,

    /// <summary>Nobody looks.</summary>
    Off,
}
