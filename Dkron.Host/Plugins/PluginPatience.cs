namespace Dkron.Host.Plugins;

/// <summary>How long the host waits for plugins; not for operators to set.</summary>
internal sealed record PluginPatience
{
    /// <summary>How long a constructor, a start, a self-test and the reading of options may each take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an unloaded generation may take to leave memory before that is reported.</summary>
    public TimeSpan RetainedAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a plugin's files may keep changing before that is reported.</summary>
    public TimeSpan UnquietAfter { get; init; } = TimeSpan.FromSeconds(30);
}
