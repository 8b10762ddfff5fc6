using System.Globalization;
using Dkron.Abstractions;
using Dkron.Host.Jobs;

namespace Dkron.Host.Scheduling;

/// <summary>What becomes of the due times that a job has missed.</summary>
/// <param name="Skips">What is recorded as skipped, in order; few, however many were missed.</param>
/// <param name="Runs">What is run, in order, after that.</param>
internal sealed record CatchUp(IReadOnlyList<SkippedFirings> Skips, IReadOnlyList<DateTimeOffset> Runs)
{
    /// <summary>So many are made up for at most, the latest.</summary>
    public const int MaxRuns = 100;

    /// <summary>So many are recorded each by itself, the latest; those before them together.</summary>
    public const int MaxSingleSkips = 10;

    /// <summary>Counting goes no further.</summary>
    public const int MaxCounted = 1_000_000;

    public static CatchUp Of(Job job, Backlog backlog, DateTimeOffset now)
    {
        backlog = backlog.Copy();

        // When the clock was set back a little since, what was missed by then has been missed all the same.
        now = now > backlog.Until ? now : backlog.Until;
        var deadline = Lateness.Deadline(job);
        // One more than is run and recorded singly, so that the last of those before them is known.
        var latest = backlog.Latest(MaxRuns + MaxSingleSkips + 1);
        IReadOnlyList<DateTimeOffset> runs = [.. latest.TakeLast(MaxRuns).Where(due => deadline is null || now - due <= deadline)];
        var runsOnce = job.Misfire == Misfire.Once && runs.Count > 1 && now - runs[0] > Lateness.OnTime(job);
        runs = runsOnce ? [runs[^1]] : runs;
        IReadOnlyList<DateTimeOffset> singles = [.. latest.Take(latest.Count - runs.Count).TakeLast(MaxSingleSkips)];

        var skips = new List<SkippedFirings>();
        var firstKept = singles.Concat(runs).Append(backlog.Until.AddTicks(1)).First();
        if (backlog.First < firstKept)
        {
            var count = backlog.CountBefore(firstKept, MaxCounted);
            var last = latest.Last(due => due < firstKept);
            skips.Add(new SkippedFirings(backlog.First, last, count, Reason(last)));
        }

        skips.AddRange(singles.Select(due => new SkippedFirings(due, due, 1, Reason(due))));
        return new CatchUp(skips, runs);

        string Reason(DateTimeOffset due)
        {
            var late = now - due;
            return deadline is { } limit && late > limit ? string.Create(CultureInfo.InvariantCulture, $"the host could take it up only {Length(late)} later, and its starting deadline is {Length(limit)}")
                : runsOnce ? string.Create(CultureInfo.InvariantCulture, $"the run of {runs[0].UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} makes up for it, because its misfire is once")
                : string.Create(CultureInfo.InvariantCulture, $"only the latest {MaxRuns} are made up for");
        }
    }

    private static string Length(TimeSpan time) => DurationText.Format(TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds)));
}
