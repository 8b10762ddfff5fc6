using Dkron.Host.Api;
using Dkron.Host.Cli;
using Dkron.Host.Jobs;
using Dkron.Host.Jobs.Problems;
using Dkron.Host.Records;
using Microsoft.Extensions.Configuration;

namespace Dkron.Host;

/// <summary>What the command line tells when no agent runs: the records as they lie on disk, the settings as they stand.</summary>
internal static class OfflineControl
{
    public static async Task<IControl> OpenAsync(SettingsArguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = SettingsAccess.SettingsFor(arguments);
        var host = settings.Configuration.GetSection(DkronOptions.Section).Get<DkronOptions>() ?? new DkronOptions();
        await using var plugins = await BorrowedPlugins.LoadAsync(settings, time, cancellationToken);
        var catalog = plugins.Registry.Catalog;
        var documents = PluginView.Of(plugins.Registry);
        var check = SettingsCheck.Run(settings.Reader, catalog);
        var paths = new DataPaths(settings.DataDirectory);
        var records = RecordReader.Open(settings.DataDirectory);
        return new LocalControl(
            new Facts
            {
                Time = time,
                Jobs = () => check.Jobs?.Jobs ?? throw new ControlException(ControlError.Invalid, ProblemReport.Of(check.Problems)),
                Histories = records.Histories,
                List = records.List,
                Find = records.Find,
                DeliveriesOf = records.Deliveries.Of,
                DeadLetters = request => records.Deliveries.DeadLetters(request.JobName, request.Before, request.Limit),
                Plugins = () => documents,
                OptionsOf = name => catalog.GetValueOrDefault(name) is { Unavailable: null } plugin ? plugin.Options ?? [] : null,
                Node = () => new NodeFacts
                {
                    NodeName = host.NodeName,
                    DataDirectory = settings.DataDirectory,
                    SettingsFiles = [.. settings.Reader.Files.Select(file => file.Path)],
                    Processing = NodeProcessing.Of(records.Deliveries),
                    SettingsProblems = [.. check.Problems.Select(problem => problem.ToString())],
                    Records = new RecordsDocument { Path = paths.Database, SizeBytes = paths.DatabaseBytes, Healthy = File.Exists(paths.Database), Error = File.Exists(paths.Database) ? null : "there is no database yet; the agent makes it when it first starts" },
                },
            },
            work: null,
            owned: records);
    }
}
