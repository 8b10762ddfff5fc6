using System.Text;
using System.Text.Json;
using Dkron.Abstractions;
using Dkron.Host.Api;
using Dkron.Host.Tests.Api;

namespace Dkron.Host.Tests.Cli;

public sealed class DoingVerbTests : IAsyncLifetime
{
    private StubAgent _agent = null!;
    private SomeCli _cli = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await StubAgent.StartAsync();
        _cli = new SomeCli(_agent.DataDirectory);
    }

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task Run_prints_the_id_and_does_not_wait()
    {
        _agent.Control.Executions[0] = SomeDocuments.Execution("1-web-1", ExecutionStatus.Running);

        var run = await _cli.RunAsync("run", "nightly");

        run.Should().Be(new CliRun(0, "1-web-1\n", ""));
    }

    [Theory]
    [InlineData(ExecutionStatus.Succeeded, 0)]
    [InlineData(ExecutionStatus.Failed, 1)]
    [InlineData(ExecutionStatus.TimedOut, 1)]
    public async Task Run_that_waits_shows_the_output_and_ends_as_the_execution_did(ExecutionStatus status, int exitCode)
    {
        _agent.Control.Executions[0] = SomeDocuments.Execution("1-web-1", status);
        _agent.Control.Output = (_, _) => new MemoryStream(Encoding.UTF8.GetBytes("hello\n"));

        var run = await _cli.RunAsync("run", "nightly", "--wait");

        (run.ExitCode, run.Output).Should().Be((exitCode, "hello\n"));
        run.Error.Should().StartWith($"1-web-1\nstatus     {Words.Of(status)} after 2.0s");
    }

    [Fact]
    public async Task Waiting_lasts_until_the_processors_have_been_called()
    {
        _agent.Control.Executions[0] = SomeDocuments.Execution("1-web-1", ExecutionStatus.Running);
        var growing = new GrowingOutput();
        _agent.Control.Output = (_, follow) => new LiveStream(growing.Live, follow);
        var running = _cli.RunAsync("run", "nightly", "--wait");

        _agent.Control.Executions[0] = SomeDocuments.Execution() with { Processed = false };
        growing.End();
        await Wait.Until(() => running.IsCompleted || _agent.Control.Shown.Count(execution => !execution.Processed) >= 2);
        var endedEarly = running.IsCompleted;
        _agent.Control.Executions[0] = SomeDocuments.Execution();

        endedEarly.Should().BeFalse("it was told more than once that the processors had not been called");
        (await running).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Run_with_json_gives_the_executions_and_nothing_else_on_stdout()
    {
        var run = await _cli.RunAsync("run", "nightly", "--wait", "--json");

        using var document = JsonDocument.Parse(run.Output);
        document.RootElement[0].GetProperty("status").GetString().Should().Be("succeeded");
    }

    [Fact]
    public async Task A_run_that_is_refused_says_why()
    {
        _agent.Control.Start = (_, force) => force ? new StartedDocument(["1-web-1"]) : throw new ControlException(ControlError.Conflict, "job 'nightly' runs and forbids a second; use --force");

        var refused = await _cli.RunAsync("run", "nightly");
        var forced = await _cli.RunAsync("run", "nightly", "--force");

        refused.Should().Be(new CliRun(1, "", "dkron: job 'nightly' runs and forbids a second; use --force\n"));
        forced.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task An_agent_that_goes_away_while_one_waits_is_reported()
    {
        _agent.Control.Executions[0] = SomeDocuments.Execution("1-web-1", ExecutionStatus.Running);
        var growing = new GrowingOutput();
        var followed = new TaskCompletionSource();
        _agent.Control.Output = (_, follow) =>
        {
            followed.SetResult();
            return new LiveStream(growing.Live, follow);
        };
        var running = _cli.RunAsync("run", "nightly", "--wait");
        await followed.Task;

        await _agent.StopAsync();

        var run = await running;
        run.ExitCode.Should().Be(1);
        run.Error.Should().EndWith("dkron: the agent went away before execution 1-web-1 and its processors had ended; dkron show 1-web-1 tells what became of it\n");
    }

    [Fact]
    public async Task Stop_asks_and_returns()
    {
        var stopped = new List<string>();
        _agent.Control.Executions[0] = SomeDocuments.Execution("1-web-1", ExecutionStatus.Running);
        _agent.Control.Stop = stopped.Add;

        var run = await _cli.RunAsync("stop", "1-web-1");

        run.Should().Be(new CliRun(0, "", ""));
        stopped.Should().Equal("1-web-1");
    }

    [Fact]
    public async Task Stop_of_what_has_ended_fails_in_words()
    {
        var run = await _cli.RunAsync("stop", "1-web-1");

        run.Should().Be(new CliRun(1, "", "dkron: execution 1-web-1 does not run\n"));
    }

    [Fact]
    public async Task Show_follows_a_running_execution_to_its_result()
    {
        _agent.Control.Executions[0] = SomeDocuments.Execution("1-web-1", ExecutionStatus.Running);
        var growing = new GrowingOutput();
        _agent.Control.Output = (_, follow) => new LiveStream(growing.Live, follow);
        growing.Append("line 1\n");
        var running = _cli.RunAsync("show", "1-web-1", "--follow");

        growing.Append("line 2\n");
        _agent.Control.Executions[0] = SomeDocuments.Execution();
        growing.End();

        var run = await running;
        run.Output.Should().Contain("line 1\nline 2\n").And.Contain("status     succeeded").And.Contain("files");
        run.ExitCode.Should().Be(0);
    }
}
