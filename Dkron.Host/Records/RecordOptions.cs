using System.ComponentModel.DataAnnotations;

namespace Dkron.Host.Records;

/// <summary>How much history is kept: the section Dkron:Records.</summary>
internal sealed class RecordOptions
{
    public const string Section = "Dkron:Records";

    /// <summary>How many executions are kept for each job. 1 to 10,000,000; default 1,000. The last success and the last failure are always kept.</summary>
    [Range(1, 10_000_000)]
    public int MaxExecutionsPerJob { get; init; } = 1_000;

    /// <summary>How long executions are kept. 1 minute to 10,000 days; default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "10000.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How much disk the database and the output files may fill together, in bytes. 1 MiB to 8 EiB; default 10 GiB.</summary>
    [Range(1024L * 1024, long.MaxValue)]
    public long MaxTotalBytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Whether the raw output is kept beside the processed one. Default true.</summary>
    public bool KeepRaw { get; init; } = true;

    /// <summary>How many writes may wait in memory while the disk takes none; further ones wait at their caller. 16 to 1,000,000; default 8,192.</summary>
    [Range(16, 1_000_000)]
    public int MaxWaitingWrites { get; init; } = 8_192;
}
