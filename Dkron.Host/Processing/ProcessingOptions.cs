using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Processing;

/// <summary>The host's settings below <c>Dkron:Processing</c>.</summary>
internal sealed class ProcessingOptions
{
    public const string Section = "Dkron:Processing";

    /// <summary>How long a call may go on after it was cancelled at its deadline, before it is abandoned. 10 ms to 1 min; default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan AbandonGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many threads may call processors at a time, not counting those that an abandoned call holds. 2 to 4096; default 256.</summary>
    [Range(2, 4096)]
    public int MaxWorkers { get; init; } = 256;

    /// <summary>How many executions may be with their processors at a time; further results wait on disk for their turn. 1 to 100,000; default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxExecutions { get; init; } = 1_000;
}

/// <summary>Checks the ranges of <see cref="ProcessingOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ProcessingOptionsValidator : IValidateOptions<ProcessingOptions>;
