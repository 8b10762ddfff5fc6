using Dkron.Abstractions;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Reading;

namespace Dkron.Host.Jobs;

/// <summary>All jobs of one moment, completely checked. Immutable.</summary>
internal sealed class JobSet
{
    private readonly Dictionary<string, Job> _byName;
    private readonly ILookup<string, Job> _children;

    public JobSet(IReadOnlyList<Job> jobs)
    {
        Jobs = jobs;
        _byName = new Dictionary<string, Job>(jobs.Count, StringComparer.Ordinal);
        foreach (var job in jobs)
        {
            _byName.Add(job.Name.Text, job);
        }

        _children = jobs.Where(job => job.Parent is not null).ToLookup(job => job.Parent!.Text, StringComparer.Ordinal);
    }

    public static JobSet Empty { get; } = new([]);

    /// <summary>In their declared order.</summary>
    public IReadOnlyList<Job> Jobs { get; }

    public IReadOnlyDictionary<string, Job> ByName => _byName;

    /// <summary>What works but is probably not what was meant.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];

    /// <summary>The node's sections for processors, by their names.</summary>
    public IReadOnlyDictionary<string, ProcessorConfig> Processors { get; init; } = new Dictionary<string, ProcessorConfig>().AsReadOnly();

    /// <summary>Reads jobs as they were recorded.</summary>
    public RecordedJobs Recorded { get; init; } = RecordedJobs.WithoutSections;

    /// <summary>The jobs that run after this one's success, in their declared order.</summary>
    public IEnumerable<Job> ChildrenOf(string name) => _children[name];

    public Job? Find(string name) => _byName.GetValueOrDefault(name);
}
