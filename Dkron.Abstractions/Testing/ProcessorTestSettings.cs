namespace Dkron.Testing;

/// <summary>How a <see cref="ProcessorTestHost"/> treats its plugin. The defaults are the host's own.</summary>
public sealed record ProcessorTestSettings
{
    /// <summary>The clock that the plugin gets if its constructor asks for a <see cref="TimeProvider"/>; the system's by default.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the plugin is told to be the host's data directory; by default a folder that vanishes with the test host.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>How long the constructor, the start, the self-test, the options and the disposal may each take. Default 10 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may go on after its token was cancelled, before it counts as abandoned. Default 2 s.</summary>
    public TimeSpan AbandonGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an unloaded version may take to leave memory. Default 30 s; one that leaves takes a fraction of a second.</summary>
    public TimeSpan UnloadLimit { get; init; } = TimeSpan.FromSeconds(30);
}
