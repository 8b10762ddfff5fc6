using Dkron.Host.Api;
using Dkron.Host.Cli;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Jobs.Settings;

namespace Dkron.Host;

/// <summary>Checks settings as the agent would, without starting anything that lasts.</summary>
internal static class SettingsVerdict
{
    public static async Task<VerdictDocument> OfAsync(SettingsArguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> files = [];
        try
        {
            var reader = SettingsAccess.ReaderFor(arguments);
            files = [.. reader.ReadContent().Files.Where(file => !file.Absent).Select(file => file.Path)];

            // Where there are no settings to load them by, the check finds the same problems, and those of the jobs besides.
            await using var plugins = await BorrowedPlugins.LoadAsync(HostSettings.TryLoad(reader), time, cancellationToken);
            var result = SettingsCheck.Run(reader, plugins.Registry.Catalog);
            return Of(files, result.Jobs?.Jobs.Count ?? 0, result.Problems, result.Warnings);
        }
        catch (JobConfigException e)
        {
            return Of(files, 0, e.Problems, []);
        }
    }

    private static VerdictDocument Of(IReadOnlyList<string> files, int jobs, IReadOnlyList<Problem> problems, IReadOnlyList<Problem> warnings) => new()
    {
        Files = files,
        Jobs = jobs,
        Problems = [.. problems.Select(problem => Of(problem, isError: true)), .. warnings.Select(warning => Of(warning, isError: false))],
    };

    private static ProblemDocument Of(Problem problem, bool isError) => new()
    {
        IsError = isError,
        Source = problem.Source,
        Line = problem.Line > 0 ? problem.Line : null,
        Job = problem.Job,
        Key = problem.Key.Length > 0 ? problem.Key : null,
        Value = problem.Value,
        Message = problem.Message,
        Suggestion = problem.Suggestion,
        Text = problem.ToString(),
    };
}
