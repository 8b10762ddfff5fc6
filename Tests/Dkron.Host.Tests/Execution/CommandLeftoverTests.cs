using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Tests.Execution;

/// <summary>Counts what belongs to the whole process, so nothing else may run beside.</summary>
[CollectionDefinition(nameof(CommandLeftoverTests), DisableParallelization = true)]
public sealed class CommandLeftoverTestsAlone;

[Collection(nameof(CommandLeftoverTests))]
public sealed class CommandLeftoverTests
{
    private static readonly string[] Scripts =
    [
        "true", "exit 3", "kill -9 $$", "head -c 100000 /dev/zero", "exec >&- 2>&-", "cat", "echo out; echo err >&2", "sleep 0.02",
    ];

    [Fact]
    public async Task Hundreds_of_runs_leave_no_descriptor_no_thread_and_no_zombie()
    {
        await using var bench = new CommandBench();
        await RunManyAsync(bench, 100);
        var descriptors = Descriptors();
        var threads = RunnerThreads();

        var results = await RunManyAsync(bench, 500);

        results.Select(r => (r.ExitCode, r.Signal)).Distinct().Should().BeEquivalentTo([(0, null), (3, null), ((int?)null, (int?)9)]);
        await Until.TrueAsync(() => Descriptors() <= descriptors, "every pipe and pidfd is closed");
        RunnerThreads().Should().Be(threads).And.Be(1);
        Zombies().Should().BeEmpty();
    }

    [Fact]
    public async Task Failed_starts_and_stops_leave_nothing_either()
    {
        await using var bench = new CommandBench();
        await RunFailingAsync(bench);
        var descriptors = Descriptors();

        for (var i = 0; i < 50; i++)
        {
            await RunFailingAsync(bench);
        }

        await Until.TrueAsync(() => Descriptors() <= descriptors, "every pipe and pidfd is closed");
        Zombies().Should().BeEmpty();
    }

    [Fact]
    public async Task A_disposed_runner_leaves_no_thread_and_no_descriptor()
    {
        var before = Descriptors();
        for (var i = 0; i < 20; i++)
        {
            await using var bench = new CommandBench();
            (await bench.RunAsync("echo hello")).Status.Should().Be(ExecutionStatus.Succeeded);
        }

        await Until.TrueAsync(() => Descriptors() <= before, "the loop's own descriptors are closed");
        RunnerThreads().Should().Be(0);
    }

    private static async Task RunFailingAsync(CommandBench bench)
    {
        using var stop = new CancellationTokenSource();
        var run = bench.Run() with { OnStarted = _ => stop.CancelAfter(1) };
        await bench.RunUntilAsync(CommandBench.Shell("head -c 100000 /dev/zero; sleep 1000") with { Payload = new byte[200_000] }, run, stop.Token);
        await bench.RunAsync(CommandBench.Program("no-such-program"));
        await bench.RunAsync(CommandBench.Program(Enumerable.Repeat(new string('x', 100_000), 100).Prepend("/bin/true").ToArray()) with { Payload = new byte[10] });
    }

    private static async Task<IReadOnlyList<CommandResult>> RunManyAsync(CommandBench bench, int count)
    {
        var results = new CommandResult[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            var command = CommandBench.Shell(Scripts[i % Scripts.Length]) with { Payload = new byte[i % 3 * 50_000] };
            results[i] = await bench.RunAsync(command, bench.Run() with { OutputFile = Path.Combine(bench.Folder, $"{i}.out") });
        });
        return results;
    }

    // Only what commands need: the pool's own epoll and the tests' files come and go.
    private static int Descriptors() => Directory.GetFiles("/proc/self/fd")
        .Select(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.Name ?? "")
        .Count(target => target.Contains("pipe:") || target.Contains("pidfd") || target.Contains("event"));

    private static int RunnerThreads() => Directory.GetDirectories("/proc/self/task")
        .Count(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("dkron commands"));

    private static IEnumerable<string> Zombies() => Directory.GetDirectories("/proc")
        .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
        .Select(ReadStat)
        .Where(stat => stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is ["Z", var parent, ..] && parent == $"{Environment.ProcessId}");

    private static string ReadStat(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat"));
        }
        catch (IOException)
        {
            return ") -";
        }
    }
}
