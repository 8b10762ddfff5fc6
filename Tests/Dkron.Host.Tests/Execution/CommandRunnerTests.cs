using System.Security.Cryptography;
using Dkron.Abstractions;
using Dkron.Host.Execution;
using Dkron.Host.Execution.Native;

namespace Dkron.Host.Tests.Execution;

public sealed class CommandRunnerTests : IAsyncDisposable
{
    private readonly CommandBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_command_that_exits_with_0_has_succeeded()
    {
        var before = DateTimeOffset.Parse("2020-01-01T00:00:00Z");

        var result = await _bench.RunAsync("echo out; echo err >&2; echo out again");

        result.Status.Should().Be(ExecutionStatus.Succeeded);
        result.ExitCode.Should().Be(0);
        result.Signal.Should().BeNull();
        result.Error.Should().BeNull();
        result.Output.ToString().Should().Be("out\nerr\nout again\n");
        result.OutputFile.Should().BeNull();
        result.StartedAt.Should().BeAfter(before);
        result.FinishedAt.Should().BeOnOrAfter(result.StartedAt);
    }

    [Theory]
    [InlineData("exit 3", 3, null, "exited with code 3")]
    [InlineData("exit 255", 255, null, "exited with code 255")]
    [InlineData("kill -9 $$", null, 9, "was ended by signal 9 (SIGKILL)")]
    [InlineData("kill -TERM $$", null, 15, "was ended by signal 15 (SIGTERM)")]
    [InlineData("ulimit -c 0; kill -SEGV $$", null, 11, "was ended by signal 11 (SIGSEGV)")]
    [InlineData("kill -PIPE $$", null, 13, "was ended by signal 13 (SIGPIPE)")]
    [InlineData("kill -36 $$", null, 36, "was ended by signal 36 (SIGRTMIN+2)")]
    public async Task Exit_code_and_signal_are_recorded_truly(string script, int? code, int? signal, string error)
    {
        var result = await _bench.RunAsync(script);

        result.Status.Should().Be(ExecutionStatus.Failed);
        result.ExitCode.Should().Be(code);
        result.Signal.Should().Be(signal);
        result.Error.Should().Be(error);
    }

    [Fact]
    public async Task Stdout_and_stderr_stay_in_the_order_in_which_they_were_written()
    {
        var expected = string.Concat(Enumerable.Range(1, 200).Select(i => $"o{i}\ne{i}\n"));

        var result = await _bench.RunAsync("i=1; while [ $i -le 200 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done");

        result.Output.ToString().Should().Be(expected);
    }

    [Fact]
    public async Task A_command_has_a_session_of_its_own_default_signals_and_an_empty_mask()
    {
        ProcessIdentity? started = null;
        var run = _bench.Run() with { OnStarted = identity => started = identity };

        var result = await _bench.RunAsync(CommandBench.Program("grep", "-hE", "^(SigIgn|SigBlk|SigCgt|NSpgid|NSsid|Pid)", "/proc/self/status"), run);

        var lines = result.Output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', StringSplitOptions.TrimEntries)).ToDictionary(p => p[0], p => p[1]);
        started.Should().NotBeNull();
        lines["SigIgn"].Should().Be("0000000000000000");
        lines["SigBlk"].Should().Be("0000000000000000");
        lines["Pid"].Should().Be($"{started!.ProcessId}");
        lines["NSpgid"].Should().Be(lines["Pid"]);
        lines["NSsid"].Should().Be(lines["Pid"]);
    }

    [Fact]
    public async Task A_writer_into_a_closed_pipe_ends_by_SIGPIPE_as_in_a_terminal()
    {
        var result = await _bench.RunAsync("{ yes; echo yes ended with $? >&2; } | head -1");

        result.Status.Should().Be(ExecutionStatus.Succeeded);
        result.Output.ToString().Split('\n').Should().BeEquivalentTo("y", "yes ended with 141", ""); // 128 + SIGPIPE, sh(1); two writers, in either order
    }

    [Fact]
    public async Task Nothing_but_the_three_standard_descriptors_is_open_in_a_command_also_beside_others()
    {
        var command = CommandBench.Shell("ls /proc/$$/fd");
        var inherited = LibC.Open("/dev/null", LibC.ReadWrite); // without close-on-exec, as the host's own parent may leave one
        var others = CommandBench.Shell("head -c 100000 /dev/zero") with { Payload = new byte[200_000] };

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => _bench.RunAsync(i % 2 == 0 ? command : others, Numbered(i))));

        LibC.Close(inherited).Should().Be(0);
        results.Where((_, i) => i % 2 == 0).Select(r => r.Output.ToString()).Should().OnlyContain(listed => listed == "0\n1\n2\n");
        results.Should().OnlyContain(r => r.Status == ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task The_payload_is_what_the_command_reads_whatever_its_size()
    {
        var payload = RandomNumberGenerator.GetBytes(1024 * 1024);
        var expected = Convert.ToHexStringLower(SHA256.HashData(payload));

        var hash = await _bench.RunAsync(CommandBench.Program("sha256sum") with { Payload = payload });
        var copy = await _bench.RunAsync(CommandBench.Program("cat") with { Payload = payload, MaxOutputBytes = 2 * 1024 * 1024 });

        hash.Output.ToString().Should().Be($"{expected}  -\n");
        File.ReadAllBytes(copy.OutputFile!).Should().Equal(payload);
    }

    [Theory]
    [InlineData("exit 0")]
    [InlineData("exec <&-; echo closed")]
    [InlineData("head -c 10 > /dev/null")]
    public async Task A_payload_that_nobody_reads_is_no_fault(string script)
    {
        var result = await _bench.RunAsync(CommandBench.Shell(script) with { Payload = new byte[1024 * 1024] });

        result.Status.Should().Be(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task Without_a_payload_stdin_is_at_its_end()
    {
        var result = await _bench.RunAsync("cat; readlink /proc/$$/fd/0");

        result.Output.ToString().Should().Be("/dev/null\n");
    }

    [Fact]
    public async Task A_command_that_closes_its_output_early_is_waited_for()
    {
        var marker = Path.Combine(_bench.Folder, "ended");

        var result = await _bench.RunAsync($"echo first; exec >&- 2>&-; sleep 0.3; : > {marker}; exit 5");

        result.ExitCode.Should().Be(5);
        result.Output.ToString().Should().Be("first\n");
        File.Exists(marker).Should().BeTrue();
    }

    [Fact]
    public async Task Environment_and_working_folder_are_the_commands()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", "/run/nothing");
        Environment.SetEnvironmentVariable("LISTEN_FDS", "1");
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", "1");
        Environment.SetEnvironmentVariable("EXECUTION_TEST", "host");
        await using var bench = new CommandBench();
        var command = CommandBench.Shell("pwd; echo $HOST_SAYS,$A,$B; env | grep -cE '^(NOTIFY_SOCKET|LISTEN_FDS|WATCHDOG_USEC)='; echo $EXECUTION_TEST") with
        {
            WorkingDirectory = "/usr",
            Environment = new Dictionary<string, string> { ["A"] = "command", ["B"] = "command ä" },
        };

        var result = await bench.RunAsync(command, bench.Run() with { Environment = new Dictionary<string, string> { ["A"] = "run" } });

        result.Output.ToString().Should().Be("/usr\n,run,command ä\n0\nhost\n");
    }

    [Fact]
    public async Task The_identity_names_the_process_while_it_lives_and_no_longer()
    {
        var started = new TaskCompletionSource<ProcessIdentity>();
        using var stop = new CancellationTokenSource();
        var running = _bench.RunUntilAsync(CommandBench.Program("sleep", "1000"), _bench.Run() with { OnStarted = started.SetResult }, stop.Token);

        var identity = await started.Task.WaitAsync(CommandBench.Patience, CancellationToken.None);
        var alive = ProcessGroups.IsAlive(identity);
        var otherStart = ProcessGroups.IsAlive(identity with { StartTicks = identity.StartTicks - 1 });
        var otherBoot = ProcessGroups.IsAlive(identity with { BootId = "another" });
        await stop.CancelAsync();
        await running;

        (alive, otherStart, otherBoot).Should().Be((true, false, false));
        ProcessGroups.IsAlive(identity).Should().BeFalse();
    }

    [Fact]
    public async Task A_timeout_longer_than_any_timer_is_none_too_long()
    {
        var result = await _bench.RunAsync(CommandBench.Program("true") with { Timeout = TimeSpan.FromDays(10_000) });

        result.Status.Should().Be(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task Processes_that_others_start_in_the_host_do_not_disturb()
    {
        var others = Enumerable.Range(0, 40).Select(async _ =>
        {
            using var process = System.Diagnostics.Process.Start("/bin/sh", ["-c", "exit 4"]);
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(CommandBench.Patience, CancellationToken.None);
            return process.ExitCode;
        }).ToList();

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _bench.RunAsync(CommandBench.Shell("exit 3"), Numbered(i))));

        results.Should().OnlyContain(r => r.ExitCode == 3);
        (await Task.WhenAll(others)).Should().OnlyContain(code => code == 4);
    }

    [Fact]
    public async Task A_callback_that_throws_leaves_no_process_behind()
    {
        var pid = 0;
        var run = _bench.Run() with
        {
            OnStarted = identity =>
            {
                pid = identity.ProcessId;
                throw new InvalidOperationException("no record");
            },
        };

        var running = () => _bench.RunAsync(CommandBench.Program("sleep", "1000"), run);

        await running.Should().ThrowAsync<InvalidOperationException>();
        Directory.Exists($"/proc/{pid}").Should().BeFalse();
    }

    private CommandRun Numbered(int i) => _bench.Run() with { OutputFile = Path.Combine(_bench.Folder, $"{i}.out") };
}
