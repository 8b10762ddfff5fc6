using System.Diagnostics;

namespace Dkron.Benchmarks;

/// <summary>From when to when somebody waited, as <see cref="Stopwatch.GetTimestamp"/> tells it.</summary>
internal readonly record struct TimedWait(long Begin, long End)
{
    public double Milliseconds => Stopwatch.GetElapsedTime(Begin, End).TotalMilliseconds;

    /// <summary>How long both waited at the same time, in milliseconds.</summary>
    public double Together(TimedWait other) => Begin < other.End && other.Begin < End ? new TimedWait(Math.Max(Begin, other.Begin), Math.Min(End, other.End)).Milliseconds : 0;
}
