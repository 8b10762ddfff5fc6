namespace Dkron.Acceptance.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task A_command_that_prints_1_GiB_is_bounded_in_memory_and_on_disk_and_the_cut_is_counted()
    {
        var folder = Agent.NewFolder();
        var settings = """
            {
              "Processors": { "files": { "log_dir": "${data}/files" } },
              "Jobs": { "big": { "schedule": "@manually", "command": "head -c 1073741824 /dev/zero", "max_output": "1MiB", "processors": { "files": { "forward": true } } } }
            }
            """;
        await using var agent = await Agent.StartAsync(folder, settings);

        var execution = await agent.RunJobAsync("big");

        execution["status"]!.GetValue<string>().Should().Be("succeeded");
        var id = execution["id"]!.GetValue<string>();
        var shown = await agent.JsonAsync("show", id);
        shown["output_truncated"]!.GetValue<bool>().Should().BeTrue();
        var file = new FileInfo(Directory.GetFiles(Path.Combine(folder, "data", "files")).Single());
        file.Length.Should().BeInRange(1024 * 1024, (1024 * 1024) + 200, "max_output and the line that says what was cut");
        (await File.ReadAllTextAsync(file.FullName, TestContext.Current.CancellationToken)).Should().Contain($"{(1L << 30) - (1L << 20)} bytes cut");
        Processes.PeakResidentBytes(agent.Process.Id).Should().BeLessThan(200_000_000);
    }

    [Fact]
    public async Task Many_commands_at_a_time_leave_no_process_no_descriptor_and_no_thread_behind()
    {
        var jobs = string.Join(',', Enumerable.Range(0, 32).Select(i => $$"""
            "j{{i}}": { "schedule": "@every 1s", "command": "echo {{i}}" }
            """));
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), $$"""{ "Jobs": { {{jobs}} } }""");
        await Wait.Until(() => Fired(agent) >= 64, () => agent.Process.Stderr);
        var files = Processes.OpenFiles(agent.Process.Id);

        await Wait.Until(() => Fired(agent) >= 320, () => agent.Process.Stderr);

        await Wait.Until(() => Processes.ChildrenOf(agent.Process.Id).Count == 0 || Fired(agent) > 3200);
        Processes.OpenFiles(agent.Process.Id).Should().BeLessThan(files + 100, "each running command has two");
        Processes.Threads(agent.Process.Id).Should().BeLessThan(60);
        (await agent.StopAsync()).Should().Be(0);
        (await agent.JsonAsync("executions", "--limit", "5000", "--status", "running")).AsArray().Should().BeEmpty();
    }

    public static TheoryData<string, string, int?, int?, string> Commands => new()
    {
        { "exit 7", "failed", 7, null, "" },
        { "kill -9 $$", "failed", null, 9, "" },
        { "exec >&- 2>&-; exit 0", "succeeded", 0, null, "" },
        { "printf 'a\\\\001b'; exit 0", "succeeded", 0, null, "a\u0001b" },
        { "echo out; echo err >&2; echo out", "succeeded", 0, null, "out\nerr\nout\n" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task How_a_command_ends_is_recorded_truly(string command, string status, int? exitCode, int? signal, string output)
    {
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), $$"""{ "Jobs": { "a": { "schedule": "@manually", "shell": true, "command": "{{command}}" } } }""");

        var execution = await agent.RunJobAsync("a");

        execution["status"]!.GetValue<string>().Should().Be(status);
        ((int?)execution["exit_code"]).Should().Be(exitCode);
        ((int?)execution["signal"]).Should().Be(signal);
        execution["output"]!.GetValue<string>().Should().Be(output);
    }

    private static int Fired(Agent agent) => agent.Process.Stderr.Split(" succeeded: ").Length - 1;
}
