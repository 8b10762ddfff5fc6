using Dkron.Abstractions;

namespace Dkron.Host.Jobs;

/// <summary>What of a job says how its results are processed.</summary>
/// <param name="Info">What processors see of the job.</param>
/// <param name="Steps">Order is meaning.</param>
/// <param name="MaxOutputBytes">The most that a processor may return.</param>
internal sealed record JobProcessing(JobInfo Info, IReadOnlyList<ProcessorStep> Steps, long MaxOutputBytes);
