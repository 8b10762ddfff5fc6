using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Dkron.Host.Execution;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Dkron.Benchmarks;

/// <summary>How fast /bin/true can be run, beside what the machine can do in C and what .NET's own Process does.</summary>
#pragma warning disable CA1001 // The benchmark's own cleanup disposes of the runner.
[InProcess]
[WarmupCount(2)]
[IterationCount(15)]
[MemoryDiagnoser]
public class SpawnBenchmarks
#pragma warning restore CA1001
{
    private const int Runs = 1000;

    /// <summary>posix_spawn with one pipe, P at a time in one thread by poll, N in all: the least that running a command takes.</summary>
    private const string CPeer = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <poll.h>
        #include <spawn.h>
        #include <stdlib.h>
        #include <sys/wait.h>
        #include <unistd.h>
        extern char **environ;
        int main(int argc, char **argv) {
            int p = atoi(argv[1]), n = atoi(argv[2]), started = 0, done = 0;
            struct pollfd fds[p]; pid_t pids[p];
            for (int i = 0; i < p; i++) fds[i].fd = -1;
            while (done < n) {
                for (int i = 0; i < p && started < n; i++) if (fds[i].fd < 0) {
                    int ends[2]; posix_spawn_file_actions_t a; posix_spawnattr_t t; char *args[] = { "/bin/true", 0 };
                    if (pipe2(ends, O_CLOEXEC)) return 1;
                    posix_spawn_file_actions_init(&a);
                    posix_spawn_file_actions_addopen(&a, 0, "/dev/null", O_RDONLY, 0);
                    posix_spawn_file_actions_adddup2(&a, ends[1], 1);
                    posix_spawn_file_actions_adddup2(&a, ends[1], 2);
                    posix_spawnattr_init(&t);
                    posix_spawnattr_setflags(&t, POSIX_SPAWN_SETSID);
                    if (posix_spawn(&pids[i], args[0], &a, &t, args, environ)) return 1;
                    posix_spawn_file_actions_destroy(&a);
                    close(ends[1]); fds[i].fd = ends[0]; fds[i].events = POLLIN; started++;
                }
                poll(fds, p, -1);
                for (int i = 0; i < p; i++) if (fds[i].fd >= 0 && fds[i].revents) {
                    char buffer[4096];
                    if (read(fds[i].fd, buffer, sizeof buffer) > 0) continue;
                    close(fds[i].fd); fds[i].fd = -1;
                    if (waitpid(pids[i], 0, 0) < 0) return 1;
                    done++;
                }
            }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("dkron-spawn-").FullName;
    private readonly Command _command = new() { Arguments = ["/bin/true"] };
    private readonly CommandRunner _runner = new(Options.Create(new ExecutionOptions()), TimeProvider.System, NullLogger<CommandRunner>.Instance);

    [Params(1, 2, 8, 32)]
    public int Parallelism { get; set; }

    private CommandRun Run => new() { ExecutionId = "benchmark", OutputFile = Path.Combine(_folder, "output") };

    private string Peer => Path.Combine(_folder, "peer");

    [GlobalSetup]
    public void Setup()
    {
        File.WriteAllText(Peer + ".c", CPeer);
        try
        {
            RunOther("gcc", "-O2", "-o", Peer, Peer + ".c");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("The peer in C needs gcc, which is not here: install it, or leave its rows out with --filter.", e);
        }
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _runner.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Runs)]
    public void C() => RunOther(Peer, $"{Parallelism}", $"{Runs}");

    [Benchmark(OperationsPerInvoke = Runs)]
    public Task Dkron() => InParallelAsync(async () =>
    {
        var result = await _runner.RunAsync(_command, Run, CancellationToken.None);
        return result.ExitCode == 0;
    });

    [Benchmark(OperationsPerInvoke = Runs)]
    public Task Process() => InParallelAsync(async () =>
    {
        var start = new ProcessStartInfo("/bin/true") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        process.StandardInput.Close();
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    });

    [Benchmark(OperationsPerInvoke = Runs)]
    public void Xargs() => RunOther("/bin/sh", "-c", $"seq {Runs} | xargs -n1 -P{Parallelism} /bin/true");

    private Task InParallelAsync(Func<Task<bool>> runOne)
    {
        var left = Runs;
        return Task.WhenAll(Enumerable.Range(0, Parallelism).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                if (!await runOne())
                {
                    throw new InvalidOperationException("/bin/true failed");
                }
            }
        })));
    }

    private static void RunOther(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} exited with {process.ExitCode}");
        }
    }
}
