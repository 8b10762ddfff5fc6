using Dkron.Host.Execution.Native;

namespace Dkron.Host.Execution;

/// <summary>Turns a command into what the system can start, or says in words why that is impossible.</summary>
internal static class StartPreparation
{
    public static StartRequest? TryPrepare(Command command, CommandRun run, CommandEnvironment host, out string? error)
    {
        error = FindUnusable(command) ?? FindUnusable(command.Environment) ?? FindUnusable(run.Environment) ?? CheckFolder(command.WorkingDirectory);
        if (error is not null)
        {
            return null;
        }

        var (environment, searchPath) = host.For(command, run);
        var path = ProgramLookup.TryFind(command.Arguments[0], searchPath, command.WorkingDirectory, out error);
        return path is null
            ? null
            : new StartRequest(path, command.Arguments, environment, command.WorkingDirectory, command.Payload);
    }

    private static string? FindUnusable(Command command)
    {
        for (var i = 0; i < command.Arguments.Count; i++)
        {
            if (command.Arguments[i].Contains('\0', StringComparison.Ordinal))
            {
                return $"argument {i} of the command holds a NUL character, which no program can be given";
            }
        }

        return null;
    }

    private static string? FindUnusable(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, value) in environment)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            {
                return $"'{name}' cannot be the name of an environment variable";
            }

            if (value.Contains('\0', StringComparison.Ordinal))
            {
                return $"the environment variable '{name}' holds a NUL character, which no program can be given";
            }
        }

        return null;
    }

    private static string? CheckFolder(string? folder)
    {
        if (folder is null)
        {
            return null;
        }

        if (!Directory.Exists(folder))
        {
            return File.Exists(folder) ? $"working folder '{folder}' is a file" : $"working folder '{folder}' does not exist";
        }

        return OperatingSystem.IsLinux() && LibC.Access(folder, LibC.ExecutePermission) != 0
            ? $"working folder '{folder}': {Errno.Describe(Errno.Last)}"
            : null;
    }
}
