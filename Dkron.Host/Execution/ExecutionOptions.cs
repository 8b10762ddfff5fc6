using System.ComponentModel.DataAnnotations;

namespace Dkron.Host.Execution;

/// <summary>How commands are ended and their output is kept; the section Dkron:Execution.</summary>
internal sealed class ExecutionOptions
{
    public const string Section = "Dkron:Execution";

    /// <summary>How long output is still taken after the command's exit while another process holds its pipe. 0 to 10 min; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a command has between being asked to end and being killed, unless its run says otherwise. 0 to 1 h; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much output of one command lies in memory before it goes to a file. 4 KiB to 1 MiB; default 64 KiB.</summary>
    [Range(4 * 1024, 1024 * 1024)]
    public int OutputInMemoryBytes { get; init; } = 64 * 1024;
}
