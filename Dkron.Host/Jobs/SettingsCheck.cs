using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Reading;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;

namespace Dkron.Host.Jobs;

/// <summary>Settings to jobs: everything is checked, and everything that is wrong is told at once.</summary>
internal static class SettingsCheck
{
    /// <summary>About a second's work on a small machine.</summary>
    public const int JobsPerProgress = 20_000;

    /// <summary>Checks what the files hold now.</summary>
    /// <param name="reader">Files, environment and arguments.</param>
    /// <param name="catalog">The processors that there are, by their names.</param>
    public static SettingsCheckResult Run(SettingsReader reader, IReadOnlyDictionary<string, PluginDescription> catalog) => Run(reader, reader.ReadContent(), catalog, progress: null, CancellationToken.None);

    /// <summary>Checks what the files held.</summary>
    /// <param name="reader">Files, environment and arguments.</param>
    /// <param name="content">What the files hold.</param>
    /// <param name="catalog">The processors that there are, by their names.</param>
    /// <param name="progress">Is told now and then how many jobs of how many have been read; null for nobody.</param>
    /// <param name="cancellationToken">Gives up, also while a processor does not answer.</param>
    public static SettingsCheckResult Run(SettingsReader reader, SettingsContent content, IReadOnlyDictionary<string, PluginDescription> catalog, Action<int, int>? progress, CancellationToken cancellationToken)
    {
        var read = reader.Build(content);
        var problems = read.Problems;
        var host = read.Tree.Root[DkronOptions.Section];
        var data = new DataPlaceholder(ScalarOf(host, nameof(DkronOptions.DataDirectory)) ?? "");
        var sections = new ProcessorSections(read.Tree.Root["Processors"], catalog, problems);
        var steps = new StepsReader(new StepReader(sections, ValidationBudget.Of(catalog), data, problems, cancellationToken), problems);
        var jobs = new JobReader(steps, new TagMatch(NodeTags(host)), problems);

        var good = new List<Job>();
        var documents = Documents(read.Tree.Root["Jobs"], problems);
        var count = 0;
        foreach (var (name, document) in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++count % JobsPerProgress == 0)
            {
                progress?.Invoke(count, documents.Count);
            }

            if (jobs.Read(name, name, document) is { } job)
            {
                good.Add(job);
            }
        }

        foreach (var (place, document) in read.Tree.Nameless)
        {
            jobs.Read(place, null, document);
        }

        return new SettingsCheckResult(read, problems.Problems, problems.Warnings)
        {
            Jobs = problems.Problems.Count > 0 ? null : new JobSet(good)
            {
                Warnings = problems.Warnings,
                Processors = sections.AsConfigs(data),
                Recorded = new RecordedJobs(read.Tree.Root["Processors"], catalog, data),
            },
        };
    }

    private static SettingObject Documents(SettingNode? node, ProblemList problems)
    {
        if (node is { Kind: SettingKind.Object })
        {
            new ParentCheck(node.Members, problems).Check();
            return node.Members;
        }

        if (node is not null and not { Kind: SettingKind.Null })
        {
            problems.Add(node, null, "Jobs", "is not an object of jobs by their names, nor an array of jobs with a name", node.IsScalar ? node.Text : null);
        }

        return new SettingObject(SettingShape.Jobs);
    }

    private static Dictionary<string, string> NodeTags(SettingNode? host) =>
        host is { Kind: SettingKind.Object } && host.Members[nameof(DkronOptions.Tags)] is { Kind: SettingKind.Object } tags
            ? tags.Members.Where(tag => tag.Value.IsScalar).ToDictionary(tag => tag.Key, tag => tag.Value.Text, StringComparer.Ordinal)
            : [];

    private static string? ScalarOf(SettingNode? host, string key) =>
        host is { Kind: SettingKind.Object } && host.Members[key] is { IsScalar: true } value ? value.Text : null;
}
