using System.ComponentModel.DataAnnotations;

namespace Dkron.Host.Plugins;

/// <summary>The settings below <c>Dkron:Plugins</c>.</summary>
internal sealed class PluginOptions
{
    public const string Section = "Dkron:Plugins";

    /// <summary>Further folders with plugins, as absolute paths; searched after the standard ones, so what they hold wins. Default none.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>How long a plugin's files must stay as they are before they are loaded. 50 ms to 1 min; default 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often all files are looked at, events or not. 100 ms to 1 h; default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often all files are read, for changes that leave sizes and times alone. 1 s to 1 d; default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HashInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a plugin whose folder went away is still used: a deployment may be between removing and copying. 0 to 1 d; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RemovalGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether replaced versions leave memory; with <c>off</c> they stay until the host ends. Default <c>on</c>.</summary>
    public Unloading Unload { get; init; } = Unloading.On;

    /// <summary>Default <c>enforce</c> when the host runs as root, else <c>warn</c>.</summary>
    public PermissionCheck? PermissionCheck { get; init; }

    /// <summary>The plugins that may be used: name to SHA-256 as <c>dkron plugins hash</c> prints it, several parted by blanks. Empty, the default, allows all.</summary>
    public Dictionary<string, string> Allow { get; init; } = [];

    /// <summary>Limits by the plugins' names. Default none.</summary>
    public Dictionary<string, PluginLimits> Limits { get; init; } = [];
}
