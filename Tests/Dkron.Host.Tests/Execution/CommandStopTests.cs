using Dkron.Abstractions;
using Dkron.Host.Execution;
using Microsoft.Extensions.Time.Testing;

namespace Dkron.Host.Tests.Execution;

public sealed class CommandStopTests : IAsyncDisposable
{
    private readonly CommandBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_stop_asks_the_command_to_end_and_records_how_it_did()
    {
        using var stop = new CancellationTokenSource();
        var live = new LiveOutput();
        var running = Start("trap 'echo cleaned up; exit 7' TERM; echo ready; while :; do sleep 0.05; done", live, TimeSpan.FromMinutes(1), stop.Token);

        await Reads(live, "ready\n");
        await stop.CancelAsync();
        var result = await running;

        result.Status.Should().Be(ExecutionStatus.Failed);
        result.ExitCode.Should().Be(7);
        result.Error.Should().Be("was stopped and exited with code 7");
        result.Output.ToString().Should().Contain("cleaned up");
    }

    [Fact]
    public async Task A_command_that_has_outlived_its_timeout_is_ended_with_all_its_processes()
    {
        var live = new LiveOutput();
        var command = CommandBench.Shell("sleep 1000 & sleep 1000 & echo $!; wait") with { Timeout = TimeSpan.FromSeconds(1) };

        var result = await _bench.RunAsync(command, _bench.Run() with { Live = live });

        result.Status.Should().Be(ExecutionStatus.TimedOut);
        result.Signal.Should().Be(15);
        result.Error.Should().Be("ran longer than its timeout of 1s and was ended by signal 15 (SIGTERM)");
        IsAlive(result.Output.ToString()).Should().BeFalse();
    }

    [Fact]
    public async Task What_ignores_the_request_is_killed_after_the_grace_with_its_children()
    {
        using var stop = new CancellationTokenSource();
        var live = new LiveOutput();
        var running = Start("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1; done", live, TimeSpan.FromSeconds(0.3), stop.Token);

        var child = await Line(live);
        await stop.CancelAsync();
        var result = await running;

        result.Signal.Should().Be(9);
        result.Error.Should().Be("was stopped and was ended by signal 9 (SIGKILL)");
        IsAlive(child).Should().BeFalse();
    }

    [Fact]
    public async Task Children_that_ignore_the_request_are_killed_although_their_parent_obeyed()
    {
        using var stop = new CancellationTokenSource();
        var live = new LiveOutput();
        var running = Start("(trap '' TERM; echo 1; while :; do sleep 1; done) & echo $!; trap 'exit 0' TERM; wait", live, TimeSpan.FromSeconds(0.3), stop.Token);

        await Until.TrueAsync(() => Piece.Of(live, 0, 100).Bytes.Count(letter => letter == '\n') == 2, "both have started");
        var child = Text(live).Split('\n').Single(line => line is not ("1" or ""));
        await stop.CancelAsync();
        var result = await running;

        result.ExitCode.Should().Be(0);
        result.Status.Should().Be(ExecutionStatus.Failed);
        IsAlive(child).Should().BeFalse();
    }

    [Fact]
    public async Task A_process_group_made_by_a_shell_with_job_control_is_ended_too()
    {
        using var stop = new CancellationTokenSource();
        var live = new LiveOutput();
        var running = _bench.RunUntilAsync(CommandBench.Program("bash", "-c", "set -m; sleep 1000 & echo $!; wait"), _bench.Run() with { Live = live }, stop.Token);

        var child = await Line(live);
        await stop.CancelAsync();
        await running;

        IsAlive(child).Should().BeFalse();
    }

    [Fact]
    public async Task A_stopped_process_is_woken_to_end()
    {
        using var stop = new CancellationTokenSource();
        var live = new LiveOutput();
        var running = Start("echo ready; kill -STOP $$", live, TimeSpan.FromMinutes(5), stop.Token);

        await Reads(live, "ready\n");
        await stop.CancelAsync();
        var result = await running;

        result.Signal.Should().Be(15);
    }

    [Fact]
    public async Task A_hurry_cuts_the_grace()
    {
        using var stop = new CancellationTokenSource();
        using var hurry = new CancellationTokenSource();
        var live = new LiveOutput();
        var run = _bench.Run() with { Live = live, StopGrace = TimeSpan.FromHours(1), Hurry = hurry.Token };
        var running = _bench.RunUntilAsync(CommandBench.Shell("trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done"), run, stop.Token);

        await Reads(live, "ready\n");
        await stop.CancelAsync();
        await Until.TrueAsync(() => Text(live).Contains("asked"), "it has been asked first");
        await hurry.CancelAsync();
        var result = await running;

        result.Signal.Should().Be(9);
    }

    [Fact]
    public async Task A_stop_before_the_start_starts_nothing()
    {
        var started = false;

        var result = await _bench.RunUntilAsync(CommandBench.Program("true"), _bench.Run() with { OnStarted = _ => started = true }, new CancellationToken(canceled: true));

        started.Should().BeFalse();
        result.Error.Should().Be("was stopped before it was started");
        result.ExitCode.Should().BeNull();
    }

    [Fact]
    public async Task Disposing_the_runner_ends_what_still_runs()
    {
        var live = new LiveOutput();
        var bench = new CommandBench();
        var running = bench.RunAsync(CommandBench.Shell("echo $$; exec sleep 1000"), bench.Run() with { Live = live });

        var pid = await Line(live);
        await bench.DisposeAsync();

        (await running).Error.Should().Be("was stopped and was ended by signal 15 (SIGTERM)");
        IsAlive(pid).Should().BeFalse();
        await FluentActions.Awaiting(() => bench.RunAsync("true")).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_background_process_holds_the_result_no_longer_than_the_drain_limit_and_is_left_alone()
    {
        await using var bench = new CommandBench(new ExecutionOptions { DrainLimit = TimeSpan.FromSeconds(0.5) });

        var result = await bench.RunAsync("echo before; (sleep 0.1; echo late; sleep 1000) & echo $! >&2; exit 4");

        var lines = result.Output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        result.ExitCode.Should().Be(4);
        lines.Should().Contain("before").And.Contain("late");
        (result.FinishedAt - result.StartedAt).Should().BeLessThan(TimeSpan.FromSeconds(100));
        var background = lines.Single(line => int.TryParse(line, out _));
        IsAlive(background).Should().BeTrue();
        await ProcessGroups.EndAsync(ProcessGroups.Identify(int.Parse(background)), TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Late_output_is_waited_for_five_seconds()
    {
        var time = new FakeTimeProvider();
        await using var bench = new CommandBench(time: time);
        var start = time.GetTimestamp();

        var running = bench.RunAsync("sleep 1000 & echo $!");
        await Until.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(0.1));
                return running.IsCompleted;
            },
            "the wait has a limit");
        var result = await running;

        result.Status.Should().Be(ExecutionStatus.Succeeded);
        time.GetElapsedTime(start).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(5));
        await ProcessGroups.EndAsync(ProcessGroups.Identify(int.Parse(result.Output.ToString())), TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task A_process_of_an_earlier_host_is_ended_with_what_it_started()
    {
        using var stop = new CancellationTokenSource();
        var live = new LiveOutput();
        ProcessIdentity? leader = null;
        var run = _bench.Run() with { Live = live, OnStarted = identity => leader = identity };
        var running = _bench.RunUntilAsync(CommandBench.Shell("trap 'exit 0' TERM; (trap '' TERM; echo ready; while :; do sleep 1; done) & echo $! ; wait"), run, stop.Token);
        await Until.TrueAsync(() => Piece.Of(live, 0, 100).Bytes.Count(letter => letter == '\n') == 2, "both have started");
        var child = Text(live).Split('\n').Single(line => line is not ("ready" or ""));

        var gone = await ProcessGroups.EndAsync(leader!, TimeSpan.FromSeconds(0.3), TimeProvider.System, CancellationToken.None);
        var result = await running;

        gone.Should().BeTrue();
        result.ExitCode.Should().Be(0);
        IsAlive(child).Should().BeFalse();
    }

    private Task<CommandResult> Start(string script, LiveOutput live, TimeSpan grace, CancellationToken stop) =>
        _bench.RunUntilAsync(CommandBench.Shell(script), _bench.Run() with { Live = live, StopGrace = grace }, stop);

    private static string Text(LiveOutput live) => System.Text.Encoding.UTF8.GetString(Piece.Of(live, 0, 10_000).Bytes);

    private static Task Reads(LiveOutput live, string text) => Until.TrueAsync(() => Text(live).StartsWith(text), "the command says so");

    private static async Task<string> Line(LiveOutput live)
    {
        await Until.TrueAsync(() => Text(live).Contains('\n'), "the command says so");
        return Text(live);
    }

    private static bool IsAlive(string pid) => ProcessGroups.IsAlive(ProcessGroups.Identify(int.Parse(pid)));
}
