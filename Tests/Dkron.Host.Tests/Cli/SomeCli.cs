using System.Text;
using Dkron.Host.Api;
using Dkron.Host.Cli;
using Dkron.Host.Plugins;
using Dkron.Host.Tests.Api;

namespace Dkron.Host.Tests.Cli;

/// <summary>The command line over a data directory, with what it writes.</summary>
internal sealed class SomeCli(string dataDirectory)
{
    public StubControl Offline { get; } = new() { Status = () => SomeDocuments.Status(running: false) };

    public VerdictDocument Verdict { get; set; } = new() { Files = ["/etc/appsettings.json"], Jobs = 2, Problems = [] };

    public PluginOptions Plugins { get; init; } = new();

    public IReadOnlyList<PluginDocument> Installed { get; init; } = [];

    public RecordsCheckDocument Checked { get; set; } = new("/data/records.db", Whole: true, []);

    public List<SettingsArguments> Seen { get; } = [];

    public bool AgentRan { get; private set; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public bool IsTerminal { get; init; }

    public async Task<CliRun> RunAsync(params string[] arguments)
    {
        using var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        using var screen = new Screen(output, error, IsTerminal);
        var exitCode = await new CommandLine(Parts(screen)).RunAsync(arguments, CancellationToken.None);
        return new CliRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private CliParts Parts(Screen screen) => new()
    {
        Time = Time,
        Screen = screen,
        RunAgent = (settings, _) =>
        {
            Seen.Add(settings);
            AgentRan = true;
            return Task.FromResult(0);
        },
        Check = (settings, _) =>
        {
            Seen.Add(settings);
            return Task.FromResult(Verdict);
        },
        CheckRecords = (_, _) => Checked,
        DataDirectory = settings =>
        {
            Seen.Add(settings);
            return dataDirectory;
        },
        PluginOptions = _ => Plugins,
        InstalledPlugins = (_, _) => Task.FromResult(Installed),
        Offline = (_, _) => Task.FromResult<IControl>(Offline),
    };
}
