using Dkron.Host.Execution;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Dkron.Host.Tests.Execution;

/// <summary>A runner with a folder of its own for output.</summary>
internal sealed class CommandBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public CommandBench(ExecutionOptions? options = null, TimeProvider? time = null)
    {
        Folder = Directory.CreateTempSubdirectory("dkron-execution-").FullName;
        OutputFile = Path.Combine(Folder, "outputs", "1.out");
        Runner = new CommandRunner(Options.Create(options ?? new ExecutionOptions()), time ?? TimeProvider.System, NullLogger<CommandRunner>.Instance);
    }

    public CommandRunner Runner { get; }

    public string Folder { get; }

    public string OutputFile { get; }

    public static Command Program(params string[] arguments) => new() { Arguments = arguments };

    public static Command Shell(string script) => Program("/bin/sh", "-c", script);

    public CommandRun Run() => new() { ExecutionId = "test", OutputFile = OutputFile };

    public Task<CommandResult> RunAsync(string script) => RunAsync(Shell(script));

    public Task<CommandResult> RunAsync(Command command) => RunAsync(command, Run());

    public Task<CommandResult> RunAsync(Command command, CommandRun run) => RunUntilAsync(command, run, CancellationToken.None);

    public Task<CommandResult> RunUntilAsync(Command command, CommandRun run, CancellationToken stop) =>
        Runner.RunAsync(command, run, stop).WaitAsync(Patience, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync().AsTask().WaitAsync(Patience);
        Directory.Delete(Folder, recursive: true);
    }
}
