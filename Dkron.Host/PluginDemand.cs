using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;
using Dkron.Host.Plugins;

namespace Dkron.Host;

/// <summary>What the jobs ask of plugins, as the settings say it now.</summary>
internal static class PluginDemand
{
    public static JobsFit Of(HostSettings settings, JobSource jobs)
    {
        var lastGood = new LastGoodSettings(settings.DataDirectory);
        var mark = new SettingsMark(settings.Reader);
        return new JobsFit
        {
            Problems = (catalog, before, cancellationToken) => Problems(settings.Reader, lastGood, catalog, before, cancellationToken),
            FitsWithSomeOf = (catalog, waiting, cancellationToken) => FitsWithSomeOf(settings.Reader, catalog, waiting, cancellationToken),
            HaveBeenGood = () => lastGood.Load(settings.Reader.Files) is not null,
            Mark = mark.Read,
            RecheckAsync = jobs.RecheckAsync,
        };
    }

    /// <summary>Plugins fit when the settings as they stand do, or else those that were good last.</summary>
    private static IReadOnlyList<string> Problems(
        SettingsReader reader,
        LastGoodSettings lastGood,
        IReadOnlyDictionary<string, PluginDescription> catalog,
        IReadOnlyDictionary<string, PluginDescription> before,
        CancellationToken cancellationToken)
    {
        var content = reader.ReadContent();
        var problems = SettingsCheck.Run(reader, content, catalog, progress: null, cancellationToken).Problems;
        if (problems.Count > 0 && lastGood.Load(reader.Files) is { } good)
        {
            content = good;
            problems = SettingsCheck.Run(reader, good, catalog, progress: null, cancellationToken).Problems;
        }

        // What is wrong with either is nothing to refuse a plugin for.
        return problems.Count == 0 ? [] : [.. problems.Select(problem => problem.ToString()).Except(SettingsCheck.Run(reader, content, before, progress: null, cancellationToken).Problems.Select(problem => problem.ToString()))];
    }

    /// <summary>One after the other: a problem is about one step and its plugin, so no plugin helps another one to fit.</summary>
    private static bool FitsWithSomeOf(
        SettingsReader reader,
        IReadOnlyDictionary<string, PluginDescription> catalog,
        IReadOnlyList<PluginDescription> waiting,
        CancellationToken cancellationToken)
    {
        var content = reader.ReadContent();
        var problems = ProblemsWith(catalog);
        foreach (var description in waiting.TakeWhile(_ => problems.Count > 0))
        {
            var with = new Dictionary<string, PluginDescription>(catalog, StringComparer.Ordinal) { [description.Name] = description };
            var left = ProblemsWith(with);
            if (left.IsProperSubsetOf(problems))
            {
                (catalog, problems) = (with, left);
            }
        }

        return problems.Count == 0;

        HashSet<Problem> ProblemsWith(IReadOnlyDictionary<string, PluginDescription> catalog) => [.. SettingsCheck.Run(reader, content, catalog, progress: null, cancellationToken).Problems];
    }
}
