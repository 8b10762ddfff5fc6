namespace Dkron.Host.Plugins;

/// <summary>Whether replaced versions of plugins leave memory.</summary>
internal enum Unloading
{
    /// <summary>They do, and that is verified.</summary>
    On,

    /// <summary>They stay until the host ends.</summary>
    Off,
}
