using Dkron.Abstractions;
using Dkron.Host.Execution;

namespace Dkron.Host.Tests.Execution;

public sealed class CommandStartFailureTests : IAsyncDisposable
{
    private readonly CommandBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_program_that_is_nowhere_in_PATH()
    {
        var command = CommandBench.Program("no-such-program") with { Environment = Path("/usr/bin:/bin") };

        await Fails(command, "could not be started: program 'no-such-program' was not found in PATH (/usr/bin:/bin)");
    }

    [Fact]
    public async Task A_program_given_by_a_path_that_does_not_exist() =>
        await Fails(CommandBench.Program("/no/such"), "could not be started: program '/no/such' does not exist, or the host may not see it");

    [Fact]
    public async Task A_folder_is_no_program() =>
        await Fails(CommandBench.Program("/usr/bin/"), "could not be started: program '/usr/bin/' is a folder");

    [Fact]
    public async Task A_program_without_a_name() =>
        await Fails(CommandBench.Program(""), "could not be started: the program's name is empty");

    [Fact]
    public async Task A_file_that_may_not_be_executed()
    {
        var file = Script("data", "#!/bin/sh\n", UnixFileMode.UserRead);

        await Fails(CommandBench.Program(file), $"could not be started: program '{file}' may not be executed: permission denied (EACCES); see its mode and the mount's noexec");
        await Fails(
            CommandBench.Program("data") with { Environment = Path(_bench.Folder) },
            $"could not be started: program '{file}' may not be executed: permission denied (EACCES); see its mode and the mount's noexec");
    }

    [Fact]
    public async Task A_script_without_a_first_line()
    {
        var file = Script("script", "echo hello\n", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await Fails(CommandBench.Program(file), $"could not be started: program '{file}': it is not a program that this machine can run (ENOEXEC); a script needs a first line like #!/bin/sh");
    }

    [Fact]
    public async Task A_script_whose_interpreter_is_missing()
    {
        var file = Script("script", "#!/no/such/interpreter\n", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await Fails(CommandBench.Program(file), $"could not be started: program '{file}': a part of its path, or the interpreter that its first line names, does not exist (ENOENT)");
    }

    [Fact]
    public async Task A_working_folder_that_does_not_exist_or_is_a_file()
    {
        await Fails(CommandBench.Program("true") with { WorkingDirectory = "/no/such" }, "could not be started: working folder '/no/such' does not exist");
        await Fails(CommandBench.Program("true") with { WorkingDirectory = "/etc/passwd" }, "could not be started: working folder '/etc/passwd' is a file");
    }

    [Fact]
    public async Task Arguments_that_are_too_large()
    {
        var arguments = Enumerable.Repeat(new string('x', 100_000), 100).Prepend("/bin/true").ToArray();

        await Fails(CommandBench.Program(arguments), "could not be started: program '/bin/true': its arguments and environment are larger than this system allows (E2BIG)");
    }

    [Fact]
    public async Task Text_that_no_program_can_be_given()
    {
        await Fails(CommandBench.Program("echo", "a\0b"), "could not be started: argument 1 of the command holds a NUL character, which no program can be given");
        await Fails(
            CommandBench.Program("env") with { Environment = new Dictionary<string, string> { ["A=B"] = "" } },
            "could not be started: 'A=B' cannot be the name of an environment variable");
    }

    [Fact]
    public async Task The_program_is_looked_up_in_the_PATH_that_it_will_see_from_its_working_folder()
    {
        Script("hello", "#!/bin/sh\necho from $0\n", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var here = CommandBench.Program("hello") with { WorkingDirectory = _bench.Folder };

        var absolute = await _bench.RunAsync(CommandBench.Program("hello") with { Environment = Path($"/no:{_bench.Folder}") });
        var empty = await _bench.RunAsync(here with { Environment = Path("/usr/bin:") });
        var relative = await _bench.RunAsync(CommandBench.Program("./hello") with { WorkingDirectory = _bench.Folder });
        var none = await _bench.RunAsync(here with { Environment = Path("/usr/bin") });

        absolute.Output.ToString().Should().Be($"from {_bench.Folder}/hello\n");
        empty.Output.ToString().Should().StartWith($"from {_bench.Folder}");
        relative.Output.ToString().Should().StartWith($"from {_bench.Folder}");
        none.Status.Should().Be(ExecutionStatus.Failed);
    }

    private static Dictionary<string, string> Path(string value) => new() { ["PATH"] = value };

    private async Task Fails(Command command, string error)
    {
        var result = await _bench.RunAsync(command);

        result.Error.Should().Be(error);
        result.Status.Should().Be(ExecutionStatus.Failed);
        result.ExitCode.Should().BeNull();
        result.Signal.Should().BeNull();
        result.Output.Length.Should().Be(0);
    }

    private string Script(string name, string text, UnixFileMode mode)
    {
        var file = System.IO.Path.Combine(_bench.Folder, name);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }

        return file;
    }
}
