using System.Globalization;

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

        // Before it is shown: a megabyte of zeros is six in JSON, and more while it is made.
        Processes.PeakResidentBytes(agent.Process.Id).Should().BeLessThan(200_000_000);
        execution["status"]!.GetValue<string>().Should().Be("succeeded");
        var id = execution["id"]!.GetValue<string>();
        var shown = await agent.JsonAsync("show", id);
        shown["output_truncated"]!.GetValue<bool>().Should().BeTrue();
        var file = new FileInfo(Directory.GetFiles(Path.Combine(folder, "data", "files")).Single());
        file.Length.Should().BeInRange(1024 * 1024, (1024 * 1024) + 200, "max_output and the line that says what was cut");
        (await File.ReadAllTextAsync(file.FullName, TestContext.Current.CancellationToken)).Should().Contain($"{(1L << 30) - (1L << 20)} bytes cut");
    }

    /// <summary>DKRON_TEST_FIRINGS=1920 makes it a minute: 32 are due every second.</summary>
    [Fact]
    public async Task Many_commands_at_a_time_leave_no_process_no_descriptor_and_no_thread_behind()
    {
        var firings = int.Parse(Environment.GetEnvironmentVariable("DKRON_TEST_FIRINGS") ?? "256", CultureInfo.InvariantCulture);
        await using var agent = await Agent.StartAsync(Agent.NewFolder(), """{ "Jobs": {} }""");
        await FireAsync(agent, 64); // what is opened and started once is there from here on
        var before = Left.Of(agent.Process.Id);

        await FireAsync(agent, firings);

        await Wait.Until(() => Left.Of(agent.Process.Id).IsNoMoreThan(before), () => $"{before} before, {Left.Of(agent.Process.Id)} after {Count(agent, " fired: ")} firings");
        TestContext.Current.TestOutputHelper!.WriteLine($"{before} before, {Left.Of(agent.Process.Id)} after {Count(agent, " fired: ")} firings");
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

    /// <summary>Has 32 jobs fire every second until they have fired so many times more, and waits until all has ended.</summary>
    private static async Task FireAsync(Agent agent, int firings)
    {
        var jobs = string.Join(',', Enumerable.Range(0, 32).Select(i => $$"""
            "j{{i}}": { "schedule": "@every 1s", "command": "echo {{i}}" }
            """));
        var (fired, rests) = (Count(agent, " fired: "), Count(agent, "Jobs: 0 hold"));
        await File.WriteAllTextAsync(agent.SettingsFile, $$"""{ "Jobs": { {{jobs}} } }""", TestContext.Current.CancellationToken);
        await Wait.Until(() => Count(agent, " fired: ") >= fired + firings, () => agent.Process.Stderr, Wait.Limit + TimeSpan.FromSeconds(firings / 8));
        await File.WriteAllTextAsync(agent.SettingsFile, """{ "Jobs": {} }""", TestContext.Current.CancellationToken);
        await Wait.Until(() => Count(agent, "Jobs: 0 hold") > rests && Count(agent, " fired: ") == Count(agent, " succeeded: "), () => agent.Process.Stderr);
    }

    private static int Count(Agent agent, string text) => agent.Process.Stderr.Split(text).Length - 1;

    /// <summary>What a process holds of what commands need.</summary>
    private sealed record Left(int Children, int OpenFiles, int DatabaseFiles, int OwnThreads, int PoolThreads)
    {
        /// <summary>The records keep a connection, with the database and its log, for each who ever read at once: at most the 32 commands.</summary>
        private const int MostDatabaseFiles = 2 * 32;

        public static Left Of(int process)
        {
            var threads = Processes.ThreadNames(process);
            var pool = threads.Count(IsOfPool);
            var files = Processes.OpenFiles(process);
            var database = files.Count(IsOfDatabase);
            return new Left(Processes.ChildrenOf(process).Count, files.Count - database, database, threads.Count - pool, pool);
        }

        /// <summary>The pool of threads keeps as many as there are processors without need, and lets the others go after 20 s.</summary>
        public bool IsNoMoreThan(Left before) =>
            Children == 0
            && OpenFiles <= before.OpenFiles
            && DatabaseFiles <= before.DatabaseFiles + MostDatabaseFiles
            && OwnThreads <= before.OwnThreads
            && PoolThreads <= Math.Max(before.PoolThreads, Environment.ProcessorCount);

        private static bool IsOfPool(string thread) => thread.StartsWith(".NET TP ", StringComparison.Ordinal);

        private static bool IsOfDatabase(string file) => file.Contains("/records.db", StringComparison.Ordinal);
    }
}
