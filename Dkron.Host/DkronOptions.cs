using System.ComponentModel.DataAnnotations;

namespace Dkron.Host;

/// <summary>What this node is: the settings that stand directly below <c>Dkron</c>.</summary>
internal sealed class DkronOptions
{
    public const string Section = "Dkron";

    /// <summary>The node's name in executions. Without blanks and slashes, at most 128 characters; default the machine's name.</summary>
    [Required]
    [StringLength(128)]
    [RegularExpression(@"[^\s/\\]+")]
    public string NodeName { get; init; } = Environment.MachineName;

    /// <summary>Where records, outputs and snapshots lie. Relative to the settings file that names it; default <c>data</c> in the working folder.</summary>
    [Required]
    public string DataDirectory { get; init; } = Path.GetFullPath("data");

    /// <summary>What the jobs' tags are matched against; default none, and then every job runs here.</summary>
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>How long running commands may go on when the host stops. 0 to 1 h; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many commands run at once on this host; further ones wait for their turn, up to 100,000 of them. 1 to 100,000; default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxRunning { get; init; } = 1000;
}
