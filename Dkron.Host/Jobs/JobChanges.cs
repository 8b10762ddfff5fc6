namespace Dkron.Host.Jobs;

/// <summary>What a new set of jobs changes, by name.</summary>
/// <param name="Added">Names that are new.</param>
/// <param name="Changed">Names whose jobs are not what they were.</param>
/// <param name="Removed">Names that are gone.</param>
internal sealed record JobChanges(IReadOnlyList<Job> Added, IReadOnlyList<Job> Changed, IReadOnlyList<Job> Removed)
{
    public bool IsNone => Added.Count + Changed.Count + Removed.Count == 0;

    /// <summary>Compares, and gives back the new set with the old objects of jobs that are the same.</summary>
    public static (JobSet Set, JobChanges Changes) Between(JobSet before, JobSet after)
    {
        var added = new List<Job>();
        var changed = new List<Job>();
        var kept = new List<Job>(after.Jobs.Count);
        foreach (var job in after.Jobs)
        {
            var old = before.Find(job.Name.Text);
            if (old is not null && JobComparer.AreSame(old, job))
            {
                kept.Add(old);
                continue;
            }

            (old is null ? added : changed).Add(job);
            kept.Add(job);
        }

        var set = new JobSet(kept) { Warnings = after.Warnings, Processors = after.Processors, Recorded = after.Recorded };
        return (set, new JobChanges(added, changed, [.. before.Jobs.Where(job => after.Find(job.Name.Text) is null)]));
    }
}
