using Dkron.Host.Cli;
using Dkron.Host.Tests.Api;

namespace Dkron.Host.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SomeCli _cli;

    public CommandLineTests() => _cli = new SomeCli(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("agent")]
    public async Task Without_a_verb_the_agent_runs(params string[] arguments)
    {
        var run = await _cli.RunAsync(arguments);

        (run.ExitCode, _cli.AgentRan, run.Output, run.Error).Should().Be((0, true, "", ""));
    }

    [Theory]
    [InlineData("--config", "a.json", "--config", "b.json", "--set", "Jobs:x:schedule=@daily", "agent")]
    [InlineData("agent", "--config", "a.json", "--config", "b.json", "--set", "Jobs:x:schedule=@daily")]
    [InlineData("--config=a.json", "-c", "b.json", "--Jobs:x:schedule=@daily")]
    [InlineData("jobs", "--config", "a.json", "Jobs:x:schedule=@daily", "--config", "b.json")]
    [InlineData("validate", "--config", "a.json", "--config", "b.json", "--Jobs:x:schedule=@daily")]
    public async Task Settings_stand_before_and_after_the_verb(params string[] arguments)
    {
        await _cli.RunAsync(arguments);

        _cli.Seen[0].Should().BeEquivalentTo(new SettingsArguments(["a.json", "b.json"], ["Jobs:x:schedule=@daily"]), options => options.WithStrictOrdering());
    }

    [Theory]
    [InlineData("dkron: there is no verb 'job'; there are agent, validate, next, jobs, run, stop, executions, show, deadletters, reprocess, records, plugins, schema, status, version; see dkron --help\n", "job")]
    [InlineData("dkron: there is no option '--jsn'; see dkron jobs --help\n", "jobs", "--jsn")]
    [InlineData("dkron: 'b' is one argument too many; see dkron run --help\n", "run", "a", "b")]
    [InlineData("dkron: Required argument missing for command: 'run'; see dkron run --help\n", "run")]
    [InlineData("dkron: --limit: '0' is not a whole number from 1 to 1000000\n", "executions", "--limit", "0")]
    [InlineData("dkron: Cannot parse argument 'x' for option '--limit' as expected type 'System.Int32'; see dkron executions --help\n", "executions", "--limit", "x")]
    [InlineData("dkron: the job is given twice, as 'a' and as 'b'; name one\n", "executions", "a", "--job", "b")]
    [InlineData("dkron: status: 'x' is not a status; expected one of running, succeeded, failed, timed_out, lost, skipped\n", "executions", "--status", "x")]
    [InlineData("dkron: there is no execution '7'; dkron executions lists them\n", "show", "7")]
    [InlineData("dkron: there is no job 'x'; dkron jobs lists them\n", "run", "x")]
    public async Task What_is_asked_wrongly_is_explained_on_stderr_with_exit_code_2(string error, params string[] arguments)
    {
        var run = await _cli.RunAsync(arguments);

        (run.ExitCode, run.Output, run.Error).Should().Be((2, "", error));
    }

    [Fact]
    public async Task Help_goes_to_stdout_and_names_every_verb()
    {
        var run = await _cli.RunAsync("--help");

        run.ExitCode.Should().Be(0);
        run.Output.Should().ContainAll("agent", "validate", "next", "jobs", "run", "stop", "executions", "show", "plugins", "status", "version", "--config", "--set");
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var run = await _cli.RunAsync("version");

        run.Output.Should().MatchRegex(@"^dkron \d+\.\d+\.\d+\S*\n$");
    }
}
